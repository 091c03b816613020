"""One intent a worker has taken, and where it takes them from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from axme.worker.outcomes import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An intent to be handled by this worker and no other, as long as the lease is kept."""

    id: str
    intent: dict[str, Any]
    attempt: int = 1
    #: What an earlier attempt left, by ``intent.checkpoint(…)``.
    checkpoint: dict[str, Any] | None = None
    #: What it waited for, once a wait is over.
    resumed: dict[str, Any] | None = None

    @property
    def intent_id(self) -> str:
        """The intent's id."""
        return str(self.intent["intent_id"])

    @property
    def intent_type(self) -> str:
        """What kind of work it is."""
        return str(self.intent.get("intent_type") or "")


class Source(Protocol):
    """Where work comes from and results go: a gateway with claims, or one without."""

    #: Seconds a claim lives without a renewal; ``None`` where nothing runs out.
    lease: float | None

    def take(self, limit: int) -> list[Claim]:
        """At most so many claims; waits a while for the first and may come back without any."""
        ...

    def renew(self, ids: list[str]) -> dict[str, str]:
        """Keep claims; those that are lost, with the reason."""
        ...

    def settle(self, claim: Claim, outcome: Outcome, key: str, trace_id: str | None, room: int = 0) -> None:
        """Say what came of it; the same ``key`` says it once however often it is sent.

        ``room``: so many new claims may come along with the answer.
        """
        ...

    def release(self, claim: Claim) -> None:
        """Give it back, as if it had never been taken."""
        ...

    def progress(self, claim: Claim, said: dict[str, Any]) -> None:
        """Tell observers how far it is."""
        ...

    def checkpoint(self, claim: Claim, data: dict[str, Any]) -> None:
        """Keep data for the next attempt."""
        ...

    def stop(self) -> None:
        """End a :meth:`take` that waits, at once and from any thread; there will be no other."""
        ...
