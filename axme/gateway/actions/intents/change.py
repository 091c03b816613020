"""Writing a changed intent back, with everything that follows from it."""

from __future__ import annotations

from functools import partial
from typing import Any

from axme.gateway.actions import mailing, threads
from axme.gateway.actions.mailboxes import put_up
from axme.gateway.lifecycle import wire
from axme.gateway.lifecycle.claims import is_free, is_held
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import TimerKind
from axme.gateway.store import topics
from axme.gateway.store.queries import claims, intents, jobs, scenarios, webhooks
from axme.gateway.store.tx import Tx


def store_change(tx: Tx, intent: IntentRecord) -> dict[str, Any]:
    """Save ``intent``, announce its new events and, at the end of its life, close and report it.

    Returns:
        The ``completion_delivery`` of the answer.
    """
    if not is_held(intent):
        intent.claim_id = None
    intents.save(tx, intent)
    announce(tx, intent)
    _pass_on(tx, intent)
    _tell_relatives(tx, intent)
    if intent.remind_after_seconds and not intent.waits_for_human:
        # Who is asked next, if anybody, is reminded anew.
        tx.run(jobs.DELETE_KIND_OF_INTENT, {"intent_id": intent.intent_id, "kind": TimerKind.REMINDER})
    if not intent.is_terminal:
        return {"delivered": False, "reason": "the intent has not ended"}
    tx.run(jobs.DELETE_OF_INTENT, {"intent_id": intent.intent_id})
    threads.close_request(tx, intent)
    return threads.deliver_completion(tx, intent)


def _pass_on(tx: Tx, intent: IntentRecord) -> None:
    """End the claim an intent was under, and put it up for claiming where it is free now and was not."""
    if intent.was_claimed and intent.claim_id is None:
        tx.run(claims.END, {"intent_id": intent.intent_id})
    if is_free(intent) and not intent.was_free:
        put_up(tx, intent)
        if intent.resumed is not None:
            threads.close_steps(tx, intent)


def _tell_relatives(tx: Tx, intent: IntentRecord) -> None:
    """Have those looked at that wait for this, or that this was waiting for: a step or a child has ended, a person has
    decided, or it is over."""
    if intent.leads_scenario and (intent.is_terminal or intent.decided_at is not None):
        jobs.add_look(tx, scenarios.KIND, intent.intent_id)
    if intent.parent_intent_id is not None and intent.is_terminal:
        if intent.step_id is not None:
            jobs.add_look(tx, scenarios.KIND, intent.parent_intent_id)
        else:
            jobs.add_look(tx, claims.CHILD, intent.intent_id)
    if intent.is_terminal and (awaited := (intent.suspended or {}).get("intent_id")) is not None:
        jobs.add_look(tx, claims.ORPHAN, awaited)


def announce(tx: Tx, intent: IntentRecord) -> None:
    """Tell of the new events: those who follow the intent, the webhooks of its parties, and people by mail."""
    topic = topics.intent(intent.intent_id)
    # The steps of a scenario are shown with it, and stand in another table.
    whole = partial(wire.intent, intent) if intent.is_terminal and not intent.leads_scenario else None
    for event in intent.new_events:
        tx.publish(topic, event.seq, partial(wire.event, intent.intent_id, event), whole)
    parties = filter(None, (intent.from_agent, intent.to_agent, intent.reply_to, intent.handler))
    hearing = webhooks.subscribers(tx, [topics.mailbox(party, intent.workspace_id) for party in parties])
    if hearing:
        told = [wire.event(intent.intent_id, event) for event in intent.new_events]
        webhooks.tell(tx, hearing, [webhooks.Happening(event["event_type"], event) for event in told])
    mailing.plan(tx, intent)


def last_event(intent: IntentRecord) -> dict[str, Any]:
    """The newest event of a change, as it goes out."""
    return wire.event(intent.intent_id, intent.new_events[-1])
