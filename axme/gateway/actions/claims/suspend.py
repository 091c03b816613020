"""Suspending: a worker lets go of an intent until a person, a moment or another agent brings it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError

from axme.contract.clock import to_micros, to_text
from axme.contract.codes import VALIDATION_ERROR
from axme.contract.schemas.intents import IntentCreate
from axme.gateway.actions import audit, threads
from axme.gateway.actions.admission import admit_elsewhere
from axme.gateway.actions.claims.living import the_intent
from axme.gateway.actions.intents.change import last_event, store_change
from axme.gateway.actions.intents.create import create, prepared_task
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import suspending, wire
from axme.gateway.lifecycle.controls import END_OF_TIME
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import SECOND, Timer, TimerKind, reminders
from axme.gateway.store.queries import jobs
from axme.gateway.store.tx import Tx

Body = dict[str, Any]
_child = IntentCreate()


def suspend(tx: Tx, who: Identity, claim_id: str, body: Body) -> Body:
    """Let go of the intent until what it waits for has come. ``POST /v1/claims/{claim_id}/suspend``

    Args:
        tx: the transaction.
        who: the caller.
        claim_id: the claim.
        body: as :class:`~axme.contract.schemas.claims.ClaimSuspend` loads it.

    Raises:
        GatewayError: 404; 403; 409 ``claim_lost``; 422; for another agent whatever creating its intent raises.
    """
    intent = suspended(tx, who, claim_id, body)
    return {"ok": True, "intent": wire.intent(intent), "event": last_event(intent)}


def suspended(tx: Tx, who: Identity, claim_id: str, body: Body) -> IntentRecord:
    """The intent after :func:`suspend`."""
    intent = the_intent(tx, who, claim_id)
    if "checkpoint" in body:
        intent.checkpoint = body["checkpoint"]
    for kind in (TimerKind.REMINDER, TimerKind.WAKE_UP):
        tx.run(jobs.DELETE_KIND_OF_INTENT, {"intent_id": intent.intent_id, "kind": kind})
    wait: Body = body["wait"]
    _WAITS[wait["for_"]](tx, who, intent, wait)
    store_change(tx, intent)
    audit.record(tx, who, "claim.suspend", intent.intent_id, details={"for": wait["for_"]})
    return intent


def _for_human(tx: Tx, who: Identity, intent: IntentRecord, wait: Body) -> None:
    task = prepared_task(wait["human_task"], intent.intent_type)
    suspending.wait_for_human(intent, task, at=tx.now, actor=who.address)
    owner = threads.holder_of_step(intent)
    admit_elsewhere(tx, who, owner, "assignees")
    threads.open_step(tx, intent, intent.seq, owner, {"title": task["title"]})
    jobs.add_timers(tx, intent.intent_id, reminders(intent, at=tx.now))


def _for_time(tx: Tx, who: Identity, intent: IntentRecord, wait: Body) -> None:
    until = to_micros(wait["until"]) if "until" in wait else tx.now + round(wait["seconds"] * SECOND)
    until = min(until, END_OF_TIME)
    suspending.wait_for_time(intent, until, at=tx.now, actor=who.address)
    jobs.add_timers(tx, intent.intent_id, [Timer(TimerKind.WAKE_UP, until, {})])


def _for_agent(tx: Tx, who: Identity, intent: IntentRecord, wait: Body) -> None:
    body = {"intent_type": wait["intent_type"], "to_agent": wait["to"], "payload": wait["payload"]}
    body |= {"correlation_id": intent.correlation_id}
    if "deadline_at" in wait:
        body["deadline_at"] = to_text(to_micros(wait["deadline_at"]))
    try:
        loaded = _child.load(body)
    except ValidationError as error:
        raise GatewayError(VALIDATION_ERROR, f"wait: {error}", details={"field": "wait"}) from None
    child = create(tx, who, loaded, step_of=(intent, None, None))
    suspending.wait_for_agent(intent, child["intent_id"], wait["to"], at=tx.now, actor=who.address)


_WAITS: dict[str, Callable[[Tx, Identity, IntentRecord, Body], None]] = {
    "human": _for_human,
    "time": _for_time,
    "agent": _for_agent,
}
