"""What is planned for an intent, told from its timers: what comes next, and when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from axme.contract.clock import to_text
from axme.contract.statuses import EVENT_OF_STATUS
from axme.gateway.lifecycle.record import Event, IntentRecord
from axme.gateway.lifecycle.retries import policy_of
from axme.gateway.lifecycle.timers import DEFAULT_MAX_REMINDERS, SECOND, Timer, TimerKind

#: Of a long row of reminders, how many are told one by one.
MOST_REMINDERS = 5
#: What the timers of a scenario's step do, in the words of a single intent.
_OF_STEP = {
    "wake": "wake_up", "retry": "step_retry", "expire": "step_deadline", "limit": "step_deadline",
    "remind": "reminder", "escalate": "escalation",
}  # fmt: skip


class Coming(NamedTuple):
    """Something that will happen, unless something else happens first."""

    kind: str
    due_at: int
    about: dict[str, Any] = {}


def coming(intent: IntentRecord, timers: Iterable[Timer], *, begun: int | None = None) -> list[Coming]:
    """What the timers of an intent lead to, the next first; nothing that its deadline would come before.

    Args:
        intent: the intent.
        timers: those that are armed.
        begun: the number of the step in hand, where it leads a scenario.
    """
    found = sorted((one for timer in timers for one in _from(intent, timer, begun)), key=lambda one: one.due_at)
    end = min((one.due_at for one in found if one.kind == "deadline"), default=None)
    return found if end is None else [one for one in found if one.due_at < end or one.kind == "deadline"]


def retry(intent: IntentRecord, *, at: int) -> list[Coming]:
    """The next attempt, while the pause after a failed one lasts."""
    if intent.available_at <= at:
        return []
    return [Coming("retry", intent.available_at, {"number": intent.delivery_attempt, "of": policy_of(intent).attempts})]


def shown(one: Coming, *, paused_at: int | None) -> dict[str, Any]:
    """As it goes out. While an intent is paused its timers stand still: how much is left is known, and no moment."""
    if paused_at is None or one.kind == "lease_end":
        return {"kind": one.kind, "at": to_text(one.due_at)} | one.about
    return {"kind": one.kind, "left_seconds": max(0, one.due_at - paused_at) // SECOND} | one.about


def since(intent: IntentRecord, events: Iterable[Event]) -> int:
    """When the intent came to be as it is: paused, with its present holder, or in its present status."""
    if intent.paused_at is not None:
        return intent.paused_at
    entering = EVENT_OF_STATUS[intent.status]
    return max((event.at for event in events if event.event_type is entering), default=intent.created_at)


def _from(intent: IntentRecord, timer: Timer, begun: int | None) -> Iterator[Coming]:
    match timer.kind:
        case TimerKind.REMINDER:
            yield from _reminders(intent, timer)
        case TimerKind.ASKED_REMINDER:
            note = timer.details.get("note")
            yield Coming("reminder", timer.due_at, {"note": note} if note else {})
        case TimerKind.STEP:
            act = timer.details["act"]
            if act == "limit" or timer.details.get("number") == begun:
                yield Coming(_OF_STEP[act], timer.due_at, {"to": timer.details["to"]} if act == "escalate" else {})
        case kind:
            yield Coming(kind.value, timer.due_at)


def _reminders(intent: IntentRecord, timer: Timer) -> Iterator[Coming]:
    """The reminders that are left, and the escalation after the last."""
    if not intent.waits_for_human:
        return
    most = intent.max_reminders or DEFAULT_MAX_REMINDERS
    interval = (intent.remind_interval_seconds or intent.remind_after_seconds or 1) * SECOND
    sent: int = timer.details.get("sent", intent.remind_count)
    for number in range(sent, min(most, sent + MOST_REMINDERS)):
        yield Coming("reminder", timer.due_at + (number - sent) * interval, {"number": number + 1, "of": most})
    if intent.escalate_to:
        yield Coming("escalation", timer.due_at + max(0, most - sent) * interval, {"to": intent.escalate_to})
