"""Webhook subscriptions, events and deliveries; what happens becomes deliveries in its own transaction."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, func, insert, or_, select, update

from axme.contract.schemas.webhooks import ANY_INTENT_EVENT
from axme.gateway.lifecycle.pushing import Outcome
from axme.gateway.policy import ssrf
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.queries import outside
from axme.gateway.store.tables import webhook_attempts, webhook_deliveries, webhook_events, webhook_subscriptions
from axme.gateway.store.tx import Row, Tx

KIND = "webhook"
GATEWAY = "gateway"
PENDING, DELIVERED, DEAD_LETTERED = "pending", "delivered", "dead_lettered"
ENDED = (DELIVERED, DEAD_LETTERED)
_s, _e, _d, _t = webhook_subscriptions.c, webhook_events.c, webhook_deliveries.c, webhook_attempts.c

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
ONE_TO_CHANGE = ONE.with_for_update()
CHANGING = (
    "event_types", "secret", "old_secret", "old_secret_until", "active", "description", "updated_at", "revoked_at",
)  # fmt: skip
UPDATE = (
    update(webhook_subscriptions)
    .where(_s.subscription_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in CHANGING})
)
_MAILBOXES = ("mailbox_0", "mailbox_1", "mailbox_2", "mailbox_3")
ACTIVE_OF = select(webhook_subscriptions).where(
    or_(*(_s.mailbox == bindparam(name) for name in _MAILBOXES)),
    _s.active == 1,
    _s.revoked_at.is_(None),
)
INSERT_EVENT = insert(webhook_events)
EVENT = select(webhook_events).where(_e.event_id == bindparam("event_id"))
INSERT_DELIVERY = insert(webhook_deliveries)
DELIVERY_TO_CHANGE = select(webhook_deliveries).where(_d.delivery_id == bindparam("delivery_id")).with_for_update()
DELIVERY_CHANGING = ("status", "attempt_count", "error_detail", "next_attempt_at")
UPDATE_DELIVERY = (
    update(webhook_deliveries)
    .where(_d.delivery_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in (*DELIVERY_CHANGING, "updated_at")})
)
DELIVERIES_OF_EVENT = (
    select(webhook_deliveries, _s.callback_url)
    .join_from(webhook_deliveries, webhook_subscriptions, _s.subscription_id == _d.subscription_id)
    .where(_d.event_id == bindparam("event_id"))
    .order_by(_d.created_at, _d.delivery_id)
)
INSERT_ATTEMPT = insert(webhook_attempts)
ATTEMPTS_OF_EVENT = (
    select(webhook_attempts)
    .join_from(webhook_attempts, webhook_deliveries, _d.delivery_id == _t.delivery_id)
    .where(_d.event_id == bindparam("event_id"))
    .order_by(_t.delivery_id, _t.attempt)
)


class Happening(NamedTuple):
    """Something to be told."""

    event_type: str
    payload: dict[str, Any]


def subscribers(tx: Tx, mailboxes: Collection[str]) -> list[Row]:
    """The active subscriptions of up to four mailboxes: the one question asked when nobody wants to hear."""
    names = [*dict.fromkeys(mailboxes)]
    names += names[-1:] * (len(_MAILBOXES) - len(names))
    return tx.run(ACTIVE_OF, dict(zip(_MAILBOXES, names, strict=True)))


def tell(tx: Tx, rows: Iterable[Row], happenings: Sequence[Happening]) -> None:
    """Queue what happened for the subscriptions among ``rows`` that want to hear of it."""
    by_owner: dict[str, list[Row]] = {}
    for row in rows:
        by_owner.setdefault(row["mailbox"], []).append(row)
    for mailbox, subscriptions in by_owner.items():
        for happening in happenings:
            wanting = [row for row in subscriptions if wants(row, happening.event_type)]
            if wanting:
                about = happening.payload.get("intent_id")
                event = add_event(tx, mailbox, wanting[0]["owner_agent"], happening, GATEWAY, about)
                queue(tx, event["event_id"], wanting)


def add_event(
    tx: Tx, mailbox: str, owner_agent: str, happening: Happening, source: str, intent_id: str | None = None
) -> Row:
    """Store an event, and which intent it is about, if it is the gateway that says so."""
    row: Row = {
        "event_id": str(uuid.uuid4()),
        "mailbox": mailbox,
        "owner_agent": owner_agent,
        "event_type": happening.event_type,
        "source": source,
        "payload": to_json(happening.payload),
        "created_at": tx.now,
        "intent_id": intent_id,
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
            "next_attempt_at": tx.now,
            "created_at": tx.now,
            "updated_at": tx.now,
        }
        tx.run(INSERT_DELIVERY, row)
        outside.add(tx, KIND, delivery_id, tx.now, ssrf.target_of(subscription["callback_url"]))


def add_attempt(tx: Tx, delivery_id: str, attempt: int, outcome: Outcome) -> None:
    """Store how a try ended."""
    row: Row = {
        "delivery_id": delivery_id,
        "attempt": attempt,
        "at": tx.now,
        "outcome": outcome.verdict.value,
        "http_status": outcome.status,
        "detail": outcome.detail,
    }
    tx.run(INSERT_ATTEMPT, row)


def events_of(mailbox: str, status: str | None, limit: int) -> Select[Any]:
    """The newest events of an owner, or those with a delivery in ``status``."""
    found = select(webhook_events).where(_e.mailbox == mailbox)
    if status is not None:
        found = found.where(exists().where(_d.event_id == _e.event_id, _d.status == status))
    return found.order_by(_e.created_at.desc(), _e.event_id).limit(limit)


def counts_of(tx: Tx, event_ids: Sequence[str]) -> dict[str, Counter[str]]:
    """How many deliveries of each of these events there are in which status."""
    found: dict[str, Counter[str]] = {event_id: Counter() for event_id in event_ids}
    statement = select(_d.event_id, _d.status, func.count().label("count")).where(_d.event_id.in_(event_ids))
    for row in tx.query(statement.group_by(_d.event_id, _d.status)) if found else ():
        found[row["event_id"]][row["status"]] = row["count"]
    return found


def counts_about(tx: Tx, intent_id: str) -> Counter[str]:
    """How many deliveries of what was told of an intent there are in which status."""
    rows = tx.query(
        select(_d.status, func.count().label("count"))
        .join_from(webhook_events, webhook_deliveries, _d.event_id == _e.event_id)
        .where(_e.intent_id == intent_id)
        .group_by(_d.status)
    )
    return Counter({row["status"]: row["count"] for row in rows})


def missed(subscription_id: str, since: int, statuses: Sequence[str], limit: int) -> Select[Any]:
    """The events whose newest delivery to a subscription was made since a time and ended so, the oldest first."""
    later = webhook_deliveries.alias()
    return (
        select(_d.event_id)
        .where(
            _d.subscription_id == subscription_id,
            _d.status.in_(statuses),
            _d.created_at >= since,
            ~exists().where(
                later.c.event_id == _d.event_id,
                later.c.subscription_id == _d.subscription_id,
                or_(later.c.created_at > _d.created_at, later.c.status == PENDING),
            ),
        )
        .group_by(_d.event_id)
        .order_by(func.min(_d.created_at), _d.event_id)
        .limit(limit)
    )


def wants(subscription: Row, event_type: str) -> bool:
    """Whether a subscription is about a type."""
    types = from_json(subscription["event_types"])
    return event_type in types or (event_type.startswith("intent.") and ANY_INTENT_EVENT in types)
