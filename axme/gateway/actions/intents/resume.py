"""Going on with an intent: a person's decision, an agent's result, or a nudge (contract 2.11)."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from axme.contract.codes import VALIDATION_ERROR
from axme.contract.schemas.intents import IntentResumeControl
from axme.contract.statuses import IntentStatus, WaitingReason
from axme.gateway.actions import audit, decisions
from axme.gateway.actions.intents.access import find_to_change
from axme.gateway.actions.intents.change import last_event, store_change
from axme.gateway.actions.intents.control import apply_to_jobs
from axme.gateway.actions.owners import acting
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import controls, resuming, suspending, wire
from axme.gateway.lifecycle.ending import end
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.transitions import enter, require_open
from axme.gateway.policy.intents import RESUME
from axme.gateway.store.queries import jobs, scenarios
from axme.gateway.store.tx import Tx

_steering = IntentResumeControl()


def resume(tx: Tx, who: Identity, intent_id: str, raw_body: dict[str, Any], *, owner: str | None) -> dict[str, Any]:
    """Go on with an intent. ``POST /v1/intents/{intent_id}/resume``

    Args:
        tx: the transaction.
        who: the caller.
        intent_id: the intent.
        raw_body: the body as received: its keys decide what it means.
        owner: in whose name, an address or a bare name.

    Raises:
        GatewayError: 403, 404, 409 (terminal, paused, already decided, stale generation), 422.
    """
    steering = _load(raw_body)
    intent = find_to_change(tx, who, intent_id, RESUME, owner=owner)
    actor = acting(who, steering.get("actor"), owner)
    meant = resuming.read(raw_body, waits_for_human=intent.waits_for_human)
    if not isinstance(meant, resuming.Decision):
        require_open(intent)
    controls.require_generation(intent, controls.expected_generation(steering))
    told = {}
    match meant:
        case resuming.Decision(task_result):
            told = decisions.decide(tx, who, intent, task_result, actor=actor)
        case resuming.Result(failed, value):
            _accept(tx, intent, failed, value, actor)
        case resuming.Wake():
            _wake(tx, intent, steering, actor)
    store_change(tx, intent)
    audit.record(tx, who, "intent.resume", intent_id, details={"status": intent.status.value} | told)
    answer = {"ok": True, "intent": wire.intent(intent), "policy_generation": intent.policy_generation}
    return answer | {"event": last_event(intent)} if intent.new_events else answer


def _load(raw_body: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = _steering.load(raw_body)
    except ValidationError as error:
        raise GatewayError(VALIDATION_ERROR, f"the body cannot be used: {error}") from None
    return loaded


def _accept(tx: Tx, intent: IntentRecord, failed: bool, value: dict[str, Any], actor: str) -> None:
    if failed:
        end(intent, IntentStatus.FAILED, at=tx.now, actor=actor, error=value)
    else:
        end(intent, IntentStatus.COMPLETED, at=tx.now, actor=actor, result=value)


def _wake(tx: Tx, intent: IntentRecord, steering: dict[str, Any], actor: str) -> None:
    if intent.paused:
        # Who lifts a pause has not answered for the person or agent the intent waits for.
        change = controls.patch_controls(intent, {"paused": False}, at=tx.now)
        intent.policy_generation += 1
        apply_to_jobs(tx, intent, change)
        return
    if intent.waits_for_human or (intent.leads_scenario and intent.waiting_reason is WaitingReason.AGENT):
        # It is with somebody whose answer a nudge does not replace.
        return
    if intent.leads_scenario:
        jobs.add_look(tx, scenarios.KIND, intent.intent_id)
    details = {"reason": steering["reason"]} if steering.get("reason") else {}
    if intent.suspended is not None:
        suspending.go_on(intent, {"by": "resume", "actor": actor} | details, at=tx.now, actor=actor, details=details)
    elif intent.status is not IntentStatus.IN_PROGRESS:
        enter(intent, IntentStatus.IN_PROGRESS, at=tx.now, actor=actor, details=details)
