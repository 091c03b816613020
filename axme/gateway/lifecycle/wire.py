"""Intents and events as they go out (contract 2.3 and 3.2): optional fields are left out when empty."""

from __future__ import annotations

from typing import Any

from axme.contract.clock import to_text
from axme.contract.statuses import IntentStatus
from axme.gateway.lifecycle.record import Event, IntentRecord

_OPTIONAL = (
    "reply_to", "remind_after_seconds", "remind_interval_seconds", "max_reminders", "escalate_to",
    "max_delivery_attempts", "human_task", "pending_with", "handler", "result", "error", "reason",
    "scenario_id", "compile_id", "parent_intent_id", "step_id",
)  # fmt: skip


def event(intent_id: str, step: Event) -> dict[str, Any]:
    """One event."""
    body: dict[str, Any] = {
        "intent_id": intent_id,
        "seq": step.seq,
        "event_type": step.event_type.value,
        "status": step.status.value,
        "status_alias": step.status.alias,
        "waiting_reason": step.waiting_reason.value if step.waiting_reason else None,
        "handler": step.handler,
        "actor": step.actor,
        "at": to_text(step.at),
        "details": step.details,
    }
    if step.pending_with is not None:
        body["pending_with"] = step.pending_with
    if step.human_task is not None:
        body["human_task"] = step.human_task
    return body


def intent(record: IntentRecord) -> dict[str, Any]:
    """The intent object."""
    status = record.status
    body: dict[str, Any] = {
        "intent_id": record.intent_id,
        "status": status.value,
        "status_alias": status.alias,
        "lifecycle_status": status.value,
        "legacy_status": status.legacy,
        "intent_type": record.intent_type,
        "correlation_id": record.correlation_id,
        "from_agent": record.from_agent,
        "to_agent": record.to_agent,
        "payload": record.payload,
        "created_at": to_text(record.created_at),
        "updated_at": to_text(record.updated_at),
        "seq": record.seq,
        "remind_count": record.remind_count,
        "delivery_attempt": record.delivery_attempt,
        "policy_generation": record.policy_generation,
        "controls": record.controls,
        "workflow_control_policy": policy(record),
        "paused": record.paused,
    }
    if record.waiting_reason is not None:
        body["waiting_reason"] = body["lifecycle_waiting_reason"] = record.waiting_reason.value
    if record.deadline_at is not None:
        body["deadline_at"] = body["due_at"] = to_text(record.deadline_at)
    if record.next_wakeup_at is not None and status is IntentStatus.WAITING:
        body["next_wakeup_at"] = to_text(record.next_wakeup_at)
    for name in _OPTIONAL:
        value = getattr(record, name)
        if value is not None:
            body[name] = value
    return body


def policy(record: IntentRecord) -> dict[str, Any]:
    """The control policy of an intent."""
    return {
        "grants": record.grants,
        "controls": record.controls,
        "envelope": record.envelope,
        "policy_generation": record.policy_generation,
    }


def delivery(record: IntentRecord, cursor: int, attempt: int, delivered_at: int) -> dict[str, Any]:
    """What an agent's stream shows of a delivery: the intent, under the cursor of the mailbox."""
    return intent(record) | {
        "seq": cursor,
        "event_type": "intent.delivered",
        "delivery_attempt": attempt,
        "at": to_text(delivered_at),
    }
