"""Posting intents to agents that are bound to a URL: what is sent, and what becomes of the intent (contract 3.6)."""

from __future__ import annotations

import random
from typing import Any

from axme._version import __version__
from axme.contract import jsontext, signing
from axme.contract.clock import to_text
from axme.contract.codes import POLICY_DENIED
from axme.contract.statuses import EventType, IntentStatus
from axme.gateway.actions import dispatch
from axme.gateway.actions.admission import refusal_now
from axme.gateway.actions.intents.change import store_change
from axme.gateway.lifecycle import wire
from axme.gateway.lifecycle.ending import end
from axme.gateway.lifecycle.pushing import Outcome, Push, Verdict, next_try
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.lifecycle.transitions import SYSTEM, enter, note
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import deliveries, intents, pushes
from axme.gateway.store.tx import Row, Tx

DELIVERED = "intent.delivered"
_PAUSE = 30 * SECOND
_NO_BINDING = "the agent is bound to no URL any more: bind it, then replay the delivery"
_GONE_ON = "the intent has gone on without it"


def prepare(tx: Tx, delivery_id: str) -> Push | int | None:
    """What to post for a delivery that is due; when to ask again while the intent is paused; ``None``: nothing more."""
    delivery = tx.one(deliveries.DELIVERY_TO_CHANGE, {"delivery_id": delivery_id})
    if delivery is None or delivery["status"] not in deliveries.OPEN:
        return None
    intent = intents.load_for_update(tx, delivery["intent_id"])
    if intent is None or _has_gone_on(intent, delivery):
        _call_off(tx, delivery, _GONE_ON)
        return None
    if intent.paused:
        return tx.now + _PAUSE
    binding = pushes.pushed_to(tx, delivery["alias"])
    if binding is None:
        _call_off(tx, delivery, _NO_BINDING)
        return None
    reason = refusal_now(tx, intent, delivery["alias"])
    if reason is not None:
        # Policies change, so it is tried again like anything else that failed.
        return settle(tx, delivery_id, Outcome(Verdict.RETRY, f"{POLICY_DENIED.code}: {reason.value}"))
    moved = {"route_id": binding["binding_id"], "transport_type": binding["transport_type"]}
    return _push(dispatch.store(tx, delivery | moved), intent, binding, tx.now)


def settle(tx: Tx, delivery_id: str, outcome: Outcome) -> int | None:
    """Take down a try; the answer is when the next one is due, in microseconds.

    A status from 200 to 299 acknowledges the intent; a failed try is an event of it, and the last one its end.
    """
    delivery = tx.run(deliveries.DELIVERY_TO_CHANGE, {"delivery_id": delivery_id})[0]
    intent = intents.load_for_update(tx, delivery["intent_id"])
    attempt = delivery["attempt_count"] + 1
    dispatch.add_attempt(tx, delivery, attempt, outcome)
    again = next_try(attempt, outcome, at=tx.now, chance=random.random())
    if intent is None or _has_gone_on(intent, delivery):
        again = None
    elif outcome.verdict is Verdict.DELIVERED:
        _acknowledge(tx, intent, delivery)
    else:
        again = _failed(tx, intent, attempt, outcome, again)
    dispatch.settled(tx, delivery, attempt, outcome, again)
    return again


def _has_gone_on(intent: IntentRecord, delivery: Row) -> bool:
    """Whether it is in other hands or another state than when it was to be posted."""
    asked: str = from_json(delivery["payload"])["status"]
    return intent.status.value != asked or intent.handler != delivery["alias"]


def _acknowledge(tx: Tx, intent: IntentRecord, delivery: Row) -> None:
    if intent.status is IntentStatus.DELIVERED and not intent.paused:
        details = {"delivery_id": delivery["delivery_id"]}
        enter(intent, IntentStatus.ACKNOWLEDGED, at=tx.now, actor=delivery["alias"], details=details)
        store_change(tx, intent)


def _failed(tx: Tx, intent: IntentRecord, attempt: int, outcome: Outcome, again: int | None) -> int | None:
    """Note a failed try; after the last one the intent has failed."""
    if attempt >= (intent.max_delivery_attempts or attempt + 1):
        again = None
    details: dict[str, Any] = {"delivery_attempt": attempt, "reason": _reason(outcome), "message": outcome.detail}
    if outcome.status is not None:
        details["http_status"] = outcome.status
    note(intent, EventType.DELIVERY_FAILED, at=tx.now, actor=SYSTEM, details=details)
    if again is not None:
        intent.delivery_attempt = attempt + 1
    elif not intent.paused:
        told = f"it could not be posted to {intent.handler} in {attempt} tries, the last: {outcome.detail}"
        error = {"code": "delivery_failed", "message": told, "delivery_attempt": attempt}
        end(intent, IntentStatus.FAILED, at=tx.now, actor=SYSTEM, error=error)
    store_change(tx, intent)
    return again


def _reason(outcome: Outcome) -> str:
    if outcome.detail.startswith(f"{POLICY_DENIED.code}:"):
        return POLICY_DENIED.code
    return "unreachable" if outcome.status is None else "http_status"


def _call_off(tx: Tx, delivery: Row, why: str) -> None:
    dispatch.store(tx, delivery | {"status": deliveries.FAILED, "error_detail": why, "next_attempt_at": None})


def _push(delivery: Row, intent: IntentRecord, binding: Row, now: int) -> Push:
    delivery_id: str = delivery["delivery_id"]
    body = jsontext.dumps(
        {
            "type": DELIVERED,
            "timestamp": to_text(delivery["created_at"]),
            "delivery_id": delivery_id,
            "attempt": delivery["attempt_count"] + 1,
            "to_agent": delivery["alias"],
            "data": wire.intent(intent),
        }
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"axme-gateway/{__version__}",
        "Idempotency-Key": delivery_id,
    }
    secrets = signing.living(binding["secret"], binding["old_secret"], binding["old_secret_until"], now)
    signed = signing.sign(secrets, delivery_id, now // SECOND, body)
    return Push(binding["transport_handle"], body, headers | signed)
