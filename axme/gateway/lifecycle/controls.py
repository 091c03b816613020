"""Controls and policy of a live intent: patches, generations, pause (contract 2.10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from axme.contract.clock import to_micros, to_text
from axme.contract.codes import BAD_REQUEST, POLICY_GENERATION_CONFLICT
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import SECOND

#: Each of these, counted from now, is a new deadline.
_PERIODS = ("timeout_seconds", "ttl_seconds", "execution_timeout_seconds")
#: The last moment that can be written down.
END_OF_TIME = to_micros(datetime.max)
#: Each of these is one.
_MOMENTS = ("expires_at", "deadline_at")
_DEADLINE_KEYS = frozenset({*_PERIODS, *_MOMENTS})
#: What a live intent's reminders go by.
_REMINDING = ("remind_after_seconds", "remind_interval_seconds", "max_reminders", "escalate_to")


class Change(NamedTuple):
    """What a patch did to the timers of an intent."""

    deadline: bool = False
    #: The reminders asked for by hand.
    reminders: bool = False
    #: Those of the person who holds the intent begin anew.
    reminding: bool = False
    paused: bool = False
    #: Microseconds the timers stood still, when this patch ended a pause.
    paused_for: int | None = None


def merge(target: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """RFC 7396: objects merge, ``null`` deletes a key, anything else replaces."""
    merged = dict(target)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict):
            below = merged.get(name)
            merged[name] = merge(below if isinstance(below, dict) else {}, value)
        else:
            merged[name] = value
    return merged


def merge_patches(*patches: dict[str, Any] | None) -> dict[str, Any]:
    """One patch that does what ``patches`` do one after the other; a deletion in it stays a deletion."""
    merged: dict[str, Any] = {}
    for patch in patches:
        merged = _overlay(merged, patch or {})
    return merged


def _overlay(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {
        name: _overlay(below[name], value)
        for name, value in above.items()
        if isinstance(value, dict) and isinstance(below.get(name), dict)
    }
    return below | above | both


def expected_generation(body: dict[str, Any]) -> int | None:
    """The generation the caller believes in, under either of its names.

    Raises:
        GatewayError: 400, the two names contradict each other.
    """
    given = {body[name] for name in ("policy_generation", "expected_policy_generation") if body.get(name) is not None}
    if len(given) > 1:
        raise GatewayError(BAD_REQUEST, "policy_generation and expected_policy_generation differ: send one of them")
    found: int | None = next(iter(given), None)
    return found


def require_generation(intent: IntentRecord, expected: int | None) -> None:
    """Refuse a caller who has not seen the latest change.

    Raises:
        GatewayError: 409 ``policy_generation_conflict``, with the current generation.
    """
    if expected is not None and expected != intent.policy_generation:
        raise GatewayError(
            POLICY_GENERATION_CONFLICT,
            f"the policy generation is {intent.policy_generation}, not {expected}: read the intent again and retry",
            details={"policy_generation": intent.policy_generation, "expected": expected},
        )


def patch_controls(intent: IntentRecord, patch: dict[str, Any], *, at: int) -> Change:
    """Merge ``patch`` into the controls; says what it means for pause and timers."""
    patch = _as_json(patch)
    intent.controls = merge(intent.controls, patch)
    for name in _REMINDING:
        if name in patch:
            setattr(intent, name, patch[name] or None)
    was_paused_for = set_paused(intent, bool(intent.controls.get("paused")), at=at)
    return Change(
        deadline=_rearm(intent, patch, at=at),
        reminders="reminders" in patch,
        reminding="remind_after_seconds" in patch,
        paused=intent.paused_at == at,
        paused_for=was_paused_for,
    )


def patch_policy(intent: IntentRecord, *, grants: dict[str, Any], envelope: dict[str, Any], at: int) -> Change:
    """Merge the two other parts of the policy; says what they mean for the deadline."""
    envelope = _as_json(envelope)
    intent.grants = merge(intent.grants, grants)
    intent.envelope = merge(intent.envelope, envelope)
    return Change(deadline=_rearm(intent, envelope, at=at))


def _as_json(patch: dict[str, Any]) -> dict[str, Any]:
    return {name: to_text(value) if isinstance(value, datetime) else value for name, value in patch.items()}


def set_paused(intent: IntentRecord, paused: bool, *, at: int) -> int | None:
    """Pause or go on. Going on returns how long the timers stood still, and moves the deadline by that."""
    if paused == intent.paused:
        return None
    if paused:
        intent.paused_at = at
        return None
    paused_for = at - (intent.paused_at or at)
    intent.paused_at = None
    if intent.deadline_at is not None:
        intent.deadline_at = min(intent.deadline_at + paused_for, END_OF_TIME)
    if intent.next_wakeup_at is not None:
        intent.next_wakeup_at = min(intent.next_wakeup_at + paused_for, END_OF_TIME)
    return paused_for


def _rearm(intent: IntentRecord, patch: dict[str, Any], *, at: int) -> bool:
    """Set the deadline anew where ``patch`` says so: the earliest it names, or none when it only takes some away."""
    if not _DEADLINE_KEYS & patch.keys():
        return False
    # A paused intent's clock stands where the pause began; all of it moves on together.
    start = intent.paused_at or at
    ends = [start + patch[name] * SECOND for name in _PERIODS if patch.get(name) is not None]
    ends += [to_micros(datetime.fromisoformat(patch[name])) for name in _MOMENTS if patch.get(name) is not None]
    intent.deadline_at = min(ends, default=None)
    return True
