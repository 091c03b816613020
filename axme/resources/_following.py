"""How an intent's snapshot moves forward with the events read of it. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.calls import latest
from axme.contract.statuses import IntentStatus, is_terminal
from axme.resources.base import Snapshot

#: What an event tells of the intent itself.
_FOLLOWED = ("status", "status_alias", "waiting_reason", "pending_with", "handler", "seq")
#: What is left out once it does not wait any more, and what repeats the status in other words.
_DROPPED = frozenset({*_FOLLOWED, "lifecycle_status", "legacy_status", "lifecycle_waiting_reason"})
_WHILE_WAITING = ("waiting_reason", "pending_with")
_Asked = Mapping[str, Any]
_NOBODY: _Asked = {}
_BEGINNING = (IntentStatus.CREATED, IntentStatus.SUBMITTED, IntentStatus.DELIVERED, IntentStatus.ACKNOWLEDGED)


class Following(Snapshot):
    """A snapshot with events to come on top of it: only the newest counts, and it is worked in when somebody looks.

    A program that reads a stream looks at its events, and at the intent perhaps once in the end.
    """

    __slots__ = ("_asked", "_before", "_event", "_from", "_was_complete")

    def __init__(self, before: Mapping[str, Any], was_complete: bool, event: Mapping[str, Any], asked: _Asked) -> None:
        self._before = before
        self._was_complete = was_complete
        self._event = event
        self._from = latest.call
        # Who or what is waited for: while the waiting lasts, not every event says it again.
        self._asked = asked if event.get("status") == "WAITING" else _NOBODY
        if "waiting_reason" in event or "pending_with" in event:
            self._asked = {**self._asked, **_said(event, _WHILE_WAITING)}

    def then(self, event: Mapping[str, Any]) -> Following:
        """The snapshot after one more event, whose ``seq`` the stream has checked."""
        if event["seq"] <= self._event["seq"]:
            return self
        return Following(self._before, self._was_complete, event, self._asked)

    def __getattr__(self, name: str) -> Any:
        # What the base left unset ends here once; two threads that come at a time find the same.
        event = self._event
        kept = {key: value for key, value in self._before.items() if key not in _DROPPED}
        # The result comes with the intent, not with its last event: reading it afterwards fetches once.
        ended = is_terminal(str(event.get("status", "")))
        super().__init__({**kept, **self._asked, **_said(event, _FOLLOWED)}, complete=self._was_complete and not ended)
        self.call = self._from
        return object.__getattribute__(self, name)


def advanced(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    """The snapshot after ``event``; replayed history moves nothing back."""
    if isinstance(snapshot, Following):
        return snapshot.then(event)
    raw = snapshot.raw
    if _is_behind(event, raw):
        return snapshot
    return Following(raw, snapshot.complete, event, {name: raw[name] for name in _WHILE_WAITING if name in raw})


def known_seq(raw: Mapping[str, Any]) -> int:
    """The ``seq`` a dict was taken at; 0 when it does not say."""
    seq = raw.get("seq")
    return seq if isinstance(seq, int) else 0


def _said(event: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: event[name] for name in names if event.get(name) is not None}


def _is_behind(event: Mapping[str, Any], raw: Mapping[str, Any]) -> bool:
    if known_seq(raw):
        return known_seq(event) <= known_seq(raw)
    return _place(event) < _place(raw)


def _place(raw: Mapping[str, Any]) -> int:
    """How far along the common beginning of all lives a status is."""
    status = raw.get("status")
    return _BEGINNING.index(IntentStatus(status)) if status in _BEGINNING else len(_BEGINNING) * (status is not None)
