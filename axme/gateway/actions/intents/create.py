"""Creating an intent: stored, queued and announced in one transaction."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from axme.contract import addresses, human_tasks
from axme.contract.clock import to_micros, to_text
from axme.contract.codes import INVALID_AGENT_ADDRESS, PAYLOAD_TOO_LARGE
from axme.contract.limits import PAYLOAD_BYTES
from axme.contract.metering import Dimension
from axme.gateway.actions import audit, metering, schemas, threads
from axme.gateway.actions.admission import admit, admit_elsewhere, admit_escalation
from axme.gateway.actions.intents.change import announce
from axme.gateway.actions.mailboxes import deliver
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import human, timers, transitions
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.store.columns import to_json
from axme.gateway.store.ids import new_uuid
from axme.gateway.store.queries import intents, jobs
from axme.gateway.store.tx import Tx


def create(
    tx: Tx,
    who: Identity,
    body: dict[str, Any],
    *,
    correlation_id: str | None = None,
    step_of: tuple[IntentRecord, str | None, int | None] | None = None,
) -> dict[str, Any]:
    """Create an intent and queue it. ``POST /v1/intents``

    Args:
        tx: the transaction.
        who: the sender; ``from_agent`` is its address, whatever the body says.
        body: as :class:`~axme.contract.schemas.intents.IntentCreate` loads it.
        step_of: the intent this one is made for, the step of its scenario, and the seconds the step may take.
        correlation_id: of the ``X-Correlation-Id`` header, for when the body has none.

    Raises:
        GatewayError: 403 ``policy_denied`` or ``agent_killed``, 413 ``payload_too_large``, 422, 429 ``quota_exceeded``.
    """
    intent = record_of(tx, who, body, correlation_id)
    if step_of is not None:
        parent, intent.step_id, seconds = step_of
        intent.parent_intent_id, intent.scenario_id = parent.intent_id, parent.scenario_id
        if seconds:
            intent.deadline_at = tx.now + seconds * SECOND
    intent.to_org_id = admit(tx, who, intent.to_agent)
    admit_elsewhere(tx, who, intent.reply_to, "reply_to")
    admit_escalation(tx, who, intent.escalate_to)
    admit_elsewhere(tx, who, threads.holder(intent), "assignees")
    schemas.check_payload(tx, who, intent)
    metering.spend(tx, who, Dimension.INTENTS)
    transitions.submit(intent, at=tx.now)
    intents.insert_record(tx, intent, payload=payload_text(intent.payload))
    announce(tx, intent)
    if intent.human_task is None:
        deliver(tx, intent, intent.to_agent, who.workspace_id)
    threads.open_request(tx, intent)
    jobs.add_timers(tx, intent.intent_id, timers.at_submission(intent))
    audit.record(tx, who, "intent.create", intent.intent_id)
    return {
        "ok": True,
        "intent_id": intent.intent_id,
        "status": intent.status.value,
        "lifecycle_status": intent.status.value,
        "created_at": to_text(intent.created_at),
        "policy_generation": intent.policy_generation,
        "correlation_id": intent.correlation_id,
    }


def record_of(tx: Tx, who: Identity, body: dict[str, Any], correlation_id: str | None) -> IntentRecord:
    """What a body asks for, as an intent that is stored nowhere yet."""
    payload = body.get("payload") or {}
    task: dict[str, Any] | None = body.get("human_task")
    to_agent = _address(who, body["to_agent"], "to_agent")
    target = addresses.parts(to_agent)
    reply_to: str | None = body.get("reply_to")
    return IntentRecord(
        intent_id=new_uuid(tx.now),
        org_id=who.org_id,
        workspace_id=who.workspace_id,
        to_org_id=who.org_id,
        to_scope=f"{target.org}/{target.workspace}" if target else who.scope,
        intent_type=body["intent_type"],
        correlation_id=body.get("correlation_id") or correlation_id or str(uuid.uuid4()),
        from_agent=who.address,
        to_agent=to_agent,
        reply_to=_address(who, reply_to, "reply_to") if reply_to else None,
        payload=payload,
        human_task=None if task is None else prepared_task(task, body["intent_type"]),
        deadline_at=_deadline(tx, body),
        created_at=tx.now,
        updated_at=tx.now,
        remind_after_seconds=body.get("remind_after_seconds"),
        remind_interval_seconds=body.get("remind_interval_seconds"),
        max_reminders=body.get("max_reminders"),
        escalate_to=body.get("escalate_to") or None,
        max_delivery_attempts=body.get("max_delivery_attempts"),
    )


def _deadline(tx: Tx, body: dict[str, Any]) -> int | None:
    # Counted from here where both are told: the sender's clock need not be right, and a test clock stands elsewhere.
    if body.get("ttl_seconds"):
        return tx.now + int(body["ttl_seconds"]) * SECOND
    deadline: datetime | None = body.get("deadline_at")
    return to_micros(deadline) if deadline else None


def payload_text(payload: dict[str, Any]) -> str:
    """The payload as it is stored, if it is not too large."""
    text = to_json(payload)
    size = len(text.encode())
    if size > PAYLOAD_BYTES:
        raise GatewayError(
            PAYLOAD_TOO_LARGE,
            f"the payload is {size} bytes of JSON, {PAYLOAD_BYTES} are allowed: send a reference to the data instead",
            details={"bytes": size, "limit": PAYLOAD_BYTES},
        )
    return text


def _address(who: Identity, text: str, field: str) -> str:
    try:
        return who.canonical(text)
    except addresses.AddressError as error:
        raise GatewayError(INVALID_AGENT_ADDRESS, f"{field}: {error}", details={"field": field}) from None


def prepared_task(task: dict[str, Any], intent_type: str) -> dict[str, Any]:
    """A human task with its defaults in place, if its form can be used.

    Raises:
        GatewayError: 422.
    """
    human.check_form_schema(task)
    return task | {
        "title": task.get("title") or human_tasks.default_title(task, intent_type),
        "task_type": human_tasks.task_type(task).name,
    }
