"""What is due when (contract 2.9): the deadline, the reminders of a waiting person, the reminders asked for by hand."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from axme.contract.clock import to_text
from axme.contract.statuses import EventType, IntentStatus
from axme.gateway.lifecycle import suspending
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.transitions import SYSTEM, enter, note

SECOND = 1_000_000
DEFAULT_MAX_REMINDERS = 3
#: How many reminders have gone before, in the details of a timer.
_SENT = "sent"


class TimerKind(StrEnum):
    """The kinds of timer an intent has."""

    DEADLINE = "deadline"
    REMINDER = "reminder"
    ASKED_REMINDER = "asked_reminder"
    #: Of the step a scenario is at; what it does is the matter of the scenario.
    STEP = "step"
    #: The end of a wait for a moment.
    WAKE_UP = "wake_up"


class Timer(NamedTuple):
    """Something to be done at ``due_at`` (microseconds), not earlier."""

    kind: TimerKind
    due_at: int
    details: dict[str, Any]


def at_submission(intent: IntentRecord) -> list[Timer]:
    """The timers a new intent starts with."""
    return deadline(intent) + reminders(intent, at=intent.created_at)


def deadline(intent: IntentRecord) -> list[Timer]:
    """The timer of the intent's deadline, if it has one."""
    return [] if intent.deadline_at is None else [Timer(TimerKind.DEADLINE, intent.deadline_at, {})]


def reminders(intent: IntentRecord, *, at: int) -> list[Timer]:
    """The timer of the first reminder to the person who holds the intent, counted from ``at``."""
    if not (intent.waits_for_human and intent.remind_after_seconds):
        return []
    return [Timer(TimerKind.REMINDER, at + intent.remind_after_seconds * SECOND, {_SENT: 0})]


def asked_reminders(intent: IntentRecord, *, at: int) -> list[Timer]:
    """The timers of ``controls.reminders``, counted from when they were asked for."""
    asked = intent.controls.get("reminders") or []
    return [
        Timer(TimerKind.ASKED_REMINDER, at + item["offset_seconds"] * SECOND, {"note": item.get("note") or ""})
        for item in asked
    ]


def fire(intent: IntentRecord, timer: Timer, *, at: int) -> list[Timer]:
    """What a due timer does to the intent, and the timers that follow; nothing at all once the intent has ended."""
    if intent.is_terminal:
        return []
    match timer.kind:
        case TimerKind.DEADLINE:
            intent.reason = "deadline passed"
            enter(intent, IntentStatus.TIMED_OUT, at=at, actor=SYSTEM, details={"reason": intent.reason})
            return []
        case TimerKind.ASKED_REMINDER:
            intent.remind_count += 1
            note(intent, EventType.REMINDER, at=at, actor=SYSTEM, details=timer.details | _count(intent))
            return []
        case TimerKind.REMINDER:
            return _remind(intent, timer, at)
        case TimerKind.WAKE_UP:
            if intent.next_wakeup_at is not None and intent.next_wakeup_at <= at:
                told = {"woken_at": to_text(at)}
                suspending.go_on(intent, {"by": "time"} | told, at=at, actor=SYSTEM, details=told)
            return []
        case TimerKind.STEP:
            return []


def _remind(intent: IntentRecord, timer: Timer, at: int) -> list[Timer]:
    if not intent.waits_for_human:
        return []
    # Those asked for by hand are counted in ``remind_count`` too, and do not bring the escalation nearer.
    sent: int = timer.details.get(_SENT, intent.remind_count)
    if sent < (intent.max_reminders or DEFAULT_MAX_REMINDERS):
        intent.remind_count += 1
        note(intent, EventType.REMINDER, at=at, actor=SYSTEM, details=_count(intent))
        return [Timer(TimerKind.REMINDER, _next(intent, timer.due_at, at), {_SENT: sent + 1})]
    if intent.escalate_to:
        intent.pending_with = {"type": "human", "ref": intent.escalate_to, "name": intent.escalate_to}
        note(intent, EventType.ESCALATED, at=at, actor=SYSTEM, details={"escalated_to": intent.escalate_to})
    return []


def _next(intent: IntentRecord, due_at: int, at: int) -> int:
    """When the next reminder comes. Those missed while no gateway ran are not made up for, one upon the other."""
    interval = (intent.remind_interval_seconds or intent.remind_after_seconds or 1) * SECOND
    return due_at + interval if due_at + interval > at else at + interval


def _count(intent: IntentRecord) -> dict[str, int]:
    return {"remind_count": intent.remind_count}
