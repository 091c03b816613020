"""What a worker's handler is given: an intent it holds, with verbs for the time it does."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from axme.resources._arguments import given
from axme.resources.base import Record
from axme.resources.fields import Field, copied
from axme.resources.intent import Intent
from axme.wire import FlatCalls
from axme.worker.run import Run

_PARENT = "parent_payload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """How a wait ended: ``by`` a ``human``, ``time`` or another ``agent``."""

    by: str
    #: A person's: ``approved``, ``rejected``, …
    outcome: str | None = None
    comment: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    decided_by: str | None = None
    #: How the other agent's intent ended, and with what.
    status: str | None = None
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    reason: str | None = None

    @property
    def approved(self) -> bool:
        """Whether a person said yes."""
        return self.outcome == "approved"

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Resumed:
        """From what the gateway says; words of tomorrow are left out."""
        return cls(**{name: copied(said[name]) for name in cls.__slots__ if said.get(name) is not None})


class _Business(Field[dict[str, Any]]):
    """The payload, without what a scenario puts around it."""

    def decode(self, owner: type[Record], value: Any) -> Any:
        inner = value.get(_PARENT) if isinstance(value, Mapping) else None
        return super().decode(owner, inner if isinstance(inner, Mapping) else value)


class _Parent(Field[dict[str, Any] | None]):
    """What stands under ``parent_payload``, if anything does."""

    def decode(self, owner: type[Record], value: Any) -> Any:
        inner = value.get(_PARENT) if isinstance(value, Mapping) else None
        return copied(inner) if isinstance(inner, Mapping) else None


class ClaimedIntent(Intent):
    """An intent in a handler's hands.

    ``payload`` is the business data, also where the intent is a step of a scenario; ``parent_payload`` is the whole
    workflow's, and ``whole_payload`` all that was sent.

    Example:
        >>> def handle(intent):  # doctest: +SKIP
        ...     intent.progress("packing", percent=40)
        ...     return {"parcels": intent.payload["items"]}
    """

    __slots__ = ("_run",)
    _run: Run

    payload = _Business("payload", dict, required=True)
    parent_payload = _Parent("payload", dict, required=False)
    whole_payload = Field[dict[str, Any]]("payload", dict, required=True)

    @property
    def attempt(self) -> int:
        """The how-manieth time this is handled, from 1."""
        return self._run.claim.attempt

    @property
    def lost(self) -> threading.Event:
        """Set as soon as this worker does not hold the intent any more: stop then, nobody waits for the result.

        A pause of 5 s that ends at once when that happens is ``intent.lost.wait(5)``.
        """
        return self._run.lost

    @property
    def resumed(self) -> Resumed | None:
        """How the wait ended that an earlier call returned; ``None`` in a first call."""
        said = self._run.claim.resumed
        return None if said is None else Resumed.read(said)

    @property
    def checkpointed(self) -> dict[str, Any] | None:
        """What was last kept by :meth:`checkpoint`, also by an attempt whose process died."""
        kept: dict[str, Any] | None = copied(self._run.claim.checkpoint if self._run.kept is None else self._run.kept)
        return kept

    def progress(self, message: str, *, percent: float | None = None, data: Mapping[str, Any] | None = None) -> None:
        """Tell observers how far it is. ``POST /v1/claims/{claim_id}/progress``

        Args:
            message: up to 2000 characters.
            percent: 0 to 100.

        Raises:
            AxmeClaimLostError: this worker does not hold it any more; let it pass, or clean up and return.
        """
        self._run.progress(given(message=message, percent=percent, data=None if data is None else dict(data)))

    def checkpoint(self, data: Mapping[str, Any]) -> None:
        """Keep ``data`` for whoever goes on after a crash or a failure. ``POST /v1/claims/{claim_id}/checkpoint``

        Raises:
            AxmeClaimLostError: this worker does not hold it any more.
        """
        self._run.checkpoint(dict(data))


def claimed(client: FlatCalls, run: Run) -> ClaimedIntent:
    """The object a handler is given for ``run``."""
    intent = ClaimedIntent._from(client, run.claim.intent)
    intent._run = run
    # Another thread has claimed it.
    intent._snapshot.call = None
    return intent


def has_ended(intent: ClaimedIntent) -> bool:
    """Whether the handler has ended it by one of its verbs, such as ``complete()``."""
    return intent.is_terminal
