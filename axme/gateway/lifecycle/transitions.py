"""The steps of a life: from CREATED to one terminal event, and nothing after it (contract 2.3 to 2.7)."""

from __future__ import annotations

from typing import Any

from axme.contract.codes import INTENT_TERMINAL, INVALID_TRANSITION
from axme.contract.statuses import EVENT_OF_STATUS, TRANSITIONS, EventType, IntentStatus, WaitingReason
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.record import Event, IntentRecord

SYSTEM = "system"
_NOTHING: dict[str, Any] = {}


def require_open(intent: IntentRecord) -> None:
    """Refuse to touch what has ended.

    Raises:
        GatewayError: 409 ``intent_terminal``, with the state it ended in, and who decided that where a person did.
    """
    if intent.is_terminal:
        ended = {"intent_id": intent.intent_id, "status": intent.status.value, "seq": intent.seq}
        by = f": {intent.decided_by} has decided it ({intent.decision})" if intent.decided else ""
        raise GatewayError(
            INTENT_TERMINAL,
            f"intent {intent.intent_id} is {intent.status} and cannot change any more{by}",
            details=ended | intent.decided,
        )


def enter(
    intent: IntentRecord,
    status: IntentStatus,
    *,
    at: int,
    actor: str,
    details: dict[str, Any] = _NOTHING,
    waiting_reason: WaitingReason | None = None,
    pending_with: dict[str, str] | None = None,
) -> None:
    """Move to ``status`` and append the event that tells of it.

    COMPLETED is reached from IN_PROGRESS alone: where the intent is not there yet, that step is appended first.

    Raises:
        GatewayError: 409 ``intent_terminal`` or ``invalid_transition``.
    """
    require_open(intent)
    if status is IntentStatus.COMPLETED and intent.status is not IntentStatus.IN_PROGRESS:
        enter(intent, IntentStatus.IN_PROGRESS, at=at, actor=actor)
    if status not in TRANSITIONS[intent.status]:
        raise GatewayError(
            INVALID_TRANSITION,
            f"intent {intent.intent_id} is {intent.status} and cannot become {status}",
            details={"intent_id": intent.intent_id, "status": intent.status.value, "wanted": status.value},
        )
    intent.status = status
    intent.waiting_reason = waiting_reason
    intent.pending_with = pending_with
    note(intent, EVENT_OF_STATUS[status], at=at, actor=actor, details=details)


def note(
    intent: IntentRecord,
    event_type: EventType,
    *,
    at: int,
    actor: str,
    details: dict[str, Any] = _NOTHING,
    human_task: dict[str, Any] | None = None,
) -> None:
    """Append an event that leaves the status as it is."""
    intent.seq += 1
    intent.updated_at = at
    intent.new_events.append(
        Event(
            intent.seq,
            event_type,
            intent.status,
            at,
            actor,
            intent.waiting_reason,
            intent.handler,
            details,
            intent.pending_with,
            human_task,
        )
    )


def submit(intent: IntentRecord, *, at: int) -> None:
    """The first steps: stored, and then with the agent's mailbox or with a person."""
    note(intent, EventType.CREATED, at=at, actor=intent.from_agent)
    enter(intent, IntentStatus.SUBMITTED, at=at, actor=SYSTEM)
    if intent.human_task is None:
        intent.handler = intent.to_agent
        intent.delivery_attempt = 1
        intent.available_at = at
        enter(intent, IntentStatus.DELIVERED, at=at, actor=SYSTEM)
        return
    enter(
        intent,
        IntentStatus.WAITING,
        at=at,
        actor=SYSTEM,
        waiting_reason=WaitingReason.HUMAN,
        pending_with=human_holder(intent),
    )
    note(intent, EventType.HUMAN_TASK_ASSIGNED, at=at, actor=SYSTEM, human_task=intent.human_task)


def human_holder(intent: IntentRecord) -> dict[str, str]:
    """Who a human task is with: the first assignee, else whom it is mailed to, else the recipient."""
    task = intent.human_task or {}
    assignees = task.get("assignees") or []
    ref = assignees[0] if assignees else task.get("notify_email") or intent.to_agent
    return {"type": "human", "ref": ref, "name": ref}


def hand_over(intent: IntentRecord, to: str, *, at: int, actor: str, details: dict[str, Any]) -> None:
    """Give a live intent to another handler (``intent.transfer``)."""
    require_open(intent)
    intent.handler = to
    intent.claim_id, intent.was_free = None, False
    if intent.pending_with is not None:
        intent.pending_with = {**intent.pending_with, "ref": to, "name": to}
    note(intent, EventType.TRANSFER, at=at, actor=actor, details=details)
