"""How an intent's snapshot moves forward with the events read of it. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.contract.statuses import IntentStatus, is_terminal
from axme.resources.base import Snapshot

#: What an event tells of the intent itself.
_FOLLOWED = ("status", "status_alias", "waiting_reason", "pending_with", "handler", "seq")
#: What is left out once it does not wait any more, and what repeats the status in other words.
_DROPPED = frozenset({*_FOLLOWED, "lifecycle_status", "legacy_status", "lifecycle_waiting_reason"})
_WHILE_WAITING = ("waiting_reason", "pending_with")
_BEGINNING = (IntentStatus.CREATED, IntentStatus.SUBMITTED, IntentStatus.DELIVERED, IntentStatus.ACKNOWLEDGED)


def advanced(snapshot: Snapshot, event: Mapping[str, Any]) -> Snapshot:
    """The snapshot after ``event``; replayed history moves nothing back."""
    raw = snapshot.raw
    if _is_behind(event, raw):
        return snapshot
    kept = {name: value for name, value in raw.items() if name not in _DROPPED}
    if event.get("status") == IntentStatus.WAITING:
        kept |= {name: raw[name] for name in _WHILE_WAITING if name in raw}
    news = {name: event[name] for name in _FOLLOWED if event.get(name) is not None}
    # The result comes with the intent, not with its last event: reading it afterwards fetches once.
    ended = is_terminal(str(event.get("status", "")))
    return Snapshot(kept | news, complete=snapshot.complete and not ended)


def known_seq(raw: Mapping[str, Any]) -> int:
    """The ``seq`` a dict was taken at; 0 when it does not say."""
    seq = raw.get("seq")
    return seq if isinstance(seq, int) else 0


def _is_behind(event: Mapping[str, Any], raw: Mapping[str, Any]) -> bool:
    if known_seq(raw):
        return known_seq(event) <= known_seq(raw)
    return _place(event) < _place(raw)


def _place(raw: Mapping[str, Any]) -> int:
    """How far along the common beginning of all lives a status is."""
    status = raw.get("status")
    return _BEGINNING.index(IntentStatus(status)) if status in _BEGINNING else len(_BEGINNING) * (status is not None)
