"""Putting intents into agents' mailboxes."""

from __future__ import annotations

from functools import partial

from axme.gateway.lifecycle import wire
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.store import topics
from axme.gateway.store.queries import claims, intents, jobs, pushes
from axme.gateway.store.queries.counters import next_number
from axme.gateway.store.tx import Row, Tx


def put_up(tx: Tx, intent: IntentRecord) -> None:
    """Deliver a free intent to its handler once more: now, or when its pause is over."""
    if intent.available_at > tx.now:
        jobs.add_look(tx, claims.REDELIVERY, intent.intent_id, intent.available_at)
    elif intent.handler is not None:
        deliver(tx, intent, intent.handler, intent.workspace_id)


def deliver(
    tx: Tx, intent: IntentRecord, address: str, workspace_id: str, *, replay_of: str | None = None
) -> Row | None:
    """Queue ``intent`` for the agent at ``address``, in a workspace if it is a short one.

    Its streams are woken; if the agent is bound to a URL, the intent is posted there.

    Returns:
        The delivery that keeps account of it, if the agent is bound.
    """
    mailbox = topics.mailbox(address, workspace_id)
    topic = topics.agent(mailbox)
    cursor = next_number(tx, topic)
    tx.run(
        intents.INSERT_DELIVERY,
        {
            "mailbox": mailbox,
            "cursor": cursor,
            "intent_id": intent.intent_id,
            "attempt": intent.delivery_attempt,
            "created_at": tx.now,
        },
    )
    tx.publish(topic, cursor, partial(wire.delivery, intent, cursor, intent.delivery_attempt, tx.now))
    return pushes.queue(tx, intent, address, replay_of=replay_of)
