"""Suspended intents: their worker has let go of them until a person, a moment or another agent brings them back."""

from __future__ import annotations

from typing import Any

from axme.contract.clock import to_text
from axme.contract.statuses import EventType, IntentStatus, WaitingReason
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.transitions import SYSTEM, enter, human_holder, note


def wait_for_human(intent: IntentRecord, task: dict[str, Any], *, at: int, actor: str) -> None:
    """Suspend until a person has decided."""
    intent.human_task = task
    intent.decided_at = intent.decided_by = intent.decision = None
    intent.remind_count = 0
    _suspend(intent, {"for": "human"}, WaitingReason.HUMAN, human_holder(intent), at=at, actor=actor)
    note(intent, EventType.HUMAN_TASK_ASSIGNED, at=at, actor=SYSTEM, human_task=task)


def wait_for_time(intent: IntentRecord, until: int, *, at: int, actor: str) -> None:
    """Suspend until a moment has come."""
    intent.next_wakeup_at = until
    holder = {"type": "internal", "ref": "clock", "name": "clock"}
    details = {"next_wakeup_at": to_text(until)}
    _suspend(intent, {"for": "time"}, WaitingReason.TIME, holder, at=at, actor=actor, details=details)


def wait_for_agent(intent: IntentRecord, child_id: str, agent: str, *, at: int, actor: str) -> None:
    """Suspend until another intent has ended."""
    holder = {"type": "agent", "ref": agent, "name": agent}
    told = {"intent_id": child_id}
    _suspend(intent, {"for": "agent"} | told, WaitingReason.AGENT, holder, at=at, actor=actor, details=told)


def go_on(intent: IntentRecord, resumed: dict[str, Any], *, at: int, actor: str, details: dict[str, Any]) -> None:
    """Wake a suspended intent; the next worker is told what came of the wait."""
    intent.resumed = resumed
    intent.suspended = intent.next_wakeup_at = None
    intent.available_at = at
    enter(intent, IntentStatus.IN_PROGRESS, at=at, actor=actor, details=details)


def _suspend(
    intent: IntentRecord,
    suspended: dict[str, Any],
    reason: WaitingReason,
    holder: dict[str, str],
    *,
    at: int,
    actor: str,
    details: dict[str, Any] | None = None,
) -> None:
    intent.suspended, intent.resumed = suspended, None
    enter(
        intent,
        IntentStatus.WAITING,
        at=at,
        actor=actor,
        waiting_reason=reason,
        pending_with=holder,
        details=details or {},
    )
