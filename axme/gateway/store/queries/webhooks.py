"""Webhook subscriptions, events and deliveries; what happens becomes deliveries in its own transaction."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, or_, select, update

from axme.contract.schemas.webhooks import ANY_INTENT_EVENT
from axme.gateway.policy import ssrf
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.queries import outside
from axme.gateway.store.tables import webhook_deliveries, webhook_events, webhook_subscriptions
from axme.gateway.store.tx import Row, Tx

KIND = "webhook"
GATEWAY = "gateway"
PENDING, DELIVERED, DEAD_LETTERED = "pending", "delivered", "dead_lettered"
_s, _e, _d = webhook_subscriptions.c, webhook_events.c, webhook_deliveries.c

INSERT = insert(webhook_subscriptions)
LIVING_AT = (
    select(webhook_subscriptions)
    .where(_s.mailbox == bindparam("mailbox"), _s.callback_url == bindparam("callback_url"), _s.revoked_at.is_(None))
    .with_for_update()
)
LIVING = (
    select(webhook_subscriptions)
    .where(_s.mailbox == bindparam("mailbox"), _s.revoked_at.is_(None))
    .order_by(_s.created_at, _s.subscription_id)
)
EVERY = (
    select(webhook_subscriptions).where(_s.mailbox == bindparam("mailbox")).order_by(_s.created_at, _s.subscription_id)
)
ONE = select(webhook_subscriptions).where(_s.subscription_id == bindparam("subscription_id"))
CHANGING = ("event_types", "secret", "active", "description", "updated_at", "revoked_at")
UPDATE = (
    update(webhook_subscriptions)
    .where(_s.subscription_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in CHANGING})
)
ACTIVE_OF = select(webhook_subscriptions).where(
    or_(*(_s.mailbox == bindparam(f"mailbox_{number}") for number in range(4))),
    _s.active == 1,
    _s.revoked_at.is_(None),
)
INSERT_EVENT = insert(webhook_events)
EVENT = select(webhook_events).where(_e.event_id == bindparam("event_id"))
INSERT_DELIVERY = insert(webhook_deliveries)
DELIVERY_TO_CHANGE = select(webhook_deliveries).where(_d.delivery_id == bindparam("delivery_id")).with_for_update()
UPDATE_DELIVERY = (
    update(webhook_deliveries)
    .where(_d.delivery_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in ("status", "attempt_count", "error_detail", "updated_at")})
)
COUNTS = select(_d.status, func.count().label("count")).where(_d.event_id == bindparam("event_id")).group_by(_d.status)


class Happening(NamedTuple):
    """Something to be told."""

    event_type: str
    payload: dict[str, Any]


def subscribers(tx: Tx, mailboxes: Collection[str]) -> list[Row]:
    """The active subscriptions of up to four mailboxes: the one question asked when nobody wants to hear."""
    names = [*dict.fromkeys(mailboxes)]
    return tx.run(ACTIVE_OF, {f"mailbox_{number}": names[min(number, len(names) - 1)] for number in range(4)})


def tell(tx: Tx, rows: Iterable[Row], happenings: Sequence[Happening]) -> None:
    """Queue what happened for the subscriptions among ``rows`` that want to hear of it."""
    by_owner: dict[str, list[Row]] = {}
    for row in rows:
        by_owner.setdefault(row["mailbox"], []).append(row)
    for mailbox, subscriptions in by_owner.items():
        for happening in happenings:
            wanting = [row for row in subscriptions if wants(row, happening.event_type)]
            if wanting:
                event = add_event(tx, mailbox, wanting[0]["owner_agent"], happening, GATEWAY)
                queue(tx, event["event_id"], wanting)


def add_event(tx: Tx, mailbox: str, owner_agent: str, happening: Happening, source: str) -> Row:
    """Store an event."""
    row: Row = {
        "event_id": str(uuid.uuid4()),
        "mailbox": mailbox,
        "owner_agent": owner_agent,
        "event_type": happening.event_type,
        "source": source,
        "payload": to_json(happening.payload),
        "created_at": tx.now,
    }
    tx.run(INSERT_EVENT, row)
    return row


def queue(tx: Tx, event_id: str, subscriptions: Iterable[Row]) -> None:
    """Have an event delivered to subscriptions, each by a job of its own."""
    for subscription in subscriptions:
        delivery_id = str(uuid.uuid4())
        row: Row = {
            "delivery_id": delivery_id,
            "event_id": event_id,
            "subscription_id": subscription["subscription_id"],
            "status": PENDING,
            "attempt_count": 0,
            "error_detail": None,
            "created_at": tx.now,
            "updated_at": tx.now,
        }
        tx.run(INSERT_DELIVERY, row)
        outside.add(tx, KIND, delivery_id, tx.now, ssrf.target_of(subscription["callback_url"]))


def wants(subscription: Row, event_type: str) -> bool:
    """Whether a subscription is about a type."""
    types = from_json(subscription["event_types"])
    return event_type in types or (event_type.startswith("intent.") and ANY_INTENT_EVENT in types)
