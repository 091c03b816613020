"""How a worker lets go of a claim: with a result, with an error, or as if it had never had it."""

from __future__ import annotations

import random
from typing import Any

from axme.contract.statuses import IntentStatus
from axme.gateway.actions import audit
from axme.gateway.actions.claims.attempts import tried
from axme.gateway.actions.claims.living import the_intent
from axme.gateway.actions.claims.take import give_back
from axme.gateway.actions.intents.change import last_event, store_change
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle import claims as rules
from axme.gateway.lifecycle import wire
from axme.gateway.lifecycle.ending import end
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.retries import Retry
from axme.gateway.store.queries import claims
from axme.gateway.store.tx import Tx


def complete(tx: Tx, who: Identity, claim_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Bring back the result. ``POST /v1/claims/{claim_id}/complete``

    Raises:
        GatewayError: 404; 403; 409 ``claim_lost``.
    """
    intent, delivery = completed(tx, who, claim_id, body)
    return {"ok": True, "intent": wire.intent(intent), "event": last_event(intent), "completion_delivery": delivery}


def completed(tx: Tx, who: Identity, claim_id: str, body: dict[str, Any]) -> tuple[IntentRecord, dict[str, Any]]:
    """The intent after :func:`complete`, and who was told."""
    intent = the_intent(tx, who, claim_id)
    end(intent, IntentStatus.COMPLETED, at=tx.now, actor=who.address, result=body["result"])
    delivery = store_change(tx, intent)
    audit.record(tx, who, "claim.complete", intent.intent_id)
    return intent, delivery


def fail(tx: Tx, who: Identity, claim_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Say that the attempt failed; the intent's policy says whether there is another.
    ``POST /v1/claims/{claim_id}/fail``

    Raises:
        GatewayError: 404; 403; 409 ``claim_lost``.
    """
    intent = failed(tx, who, claim_id, body)
    return {"ok": True, "intent": wire.intent(intent), "event": last_event(intent)}


def failed(tx: Tx, who: Identity, claim_id: str, body: dict[str, Any]) -> IntentRecord:
    """The intent after :func:`fail`."""
    intent = the_intent(tx, who, claim_id)
    # A step of a scenario is begun anew as the step says, and not once more by the intent's own policy.
    again = body["retryable"] and intent.step_id is None
    error, retry = body["error"], Retry(again, body.get("retry_after_seconds"), random.random())
    if not body["retryable"]:
        error = error | {"retryable": False}
    row = claims.of_intent(tx, intent.intent_id) or {}
    told = {"reason": "failed", "error": error, "retryable": retry.retryable, "worker_id": row.get("worker_id")}
    if not rules.attempt_failed(intent, retry, at=tx.now, actor=who.address, told=told):
        rules.give_up(intent, error, tried(tx, intent), at=tx.now)
    store_change(tx, intent)
    audit.record(tx, who, "claim.fail", intent.intent_id, details={"status": intent.status.value})
    return intent


def release(tx: Tx, who: Identity, claim_id: str) -> dict[str, Any]:
    """Give the intent back without counting an attempt. ``POST /v1/claims/{claim_id}/release``

    Raises:
        GatewayError: 404; 403; 409 ``claim_lost``.
    """
    released(tx, who, claim_id)
    return {"ok": True}


def released(tx: Tx, who: Identity, claim_id: str) -> IntentRecord:
    """The intent after :func:`release`."""
    intent = the_intent(tx, who, claim_id)
    give_back(tx, intent)
    return intent
