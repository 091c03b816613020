"""Webhooks: subscribing, publishing, replaying, and sending (contract 3.12)."""

from __future__ import annotations

import random
import uuid
from typing import Any

from axme._version import __version__
from axme.contract import jsontext, signing
from axme.contract.clock import to_text
from axme.contract.codes import INVALID_TRANSITION, NOT_FOUND, VALIDATION_ERROR
from axme.gateway.actions import audit
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.pushing import Outcome, Push, Verdict, next_try
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.policy import ssrf
from axme.gateway.store import topics
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.queries import webhooks
from axme.gateway.store.tx import Row, Tx

_GONE = 410
_HINT_CHARS = 4


def upsert(tx: Tx, who: Identity, body: dict[str, Any], *, owner: str | None) -> dict[str, Any]:
    """Subscribe a URL, or change its subscription. ``POST /v1/webhooks/subscriptions``

    Args:
        body: as :class:`~axme.contract.schemas.webhooks.SubscriptionUpsert` loads it; a secret left out stays.

    Raises:
        GatewayError: 403; 422, nothing can be sent to this URL.
    """
    _check_url(body["callback_url"])
    address = owner_address(who, owner)
    place = {"mailbox": topics.mailbox(address, who.workspace_id), "callback_url": body["callback_url"]}
    said = {
        "event_types": to_json(list(dict.fromkeys(body["event_types"]))),
        "active": int(body["active"]),
        "updated_at": tx.now,
    }
    row = tx.one(webhooks.LIVING_AT, place)
    if row is not None:
        row |= said | {name: body[name] for name in ("secret", "description") if name in body}
        _store(tx, row)
    else:
        row = (
            place
            | said
            | {
                "subscription_id": str(uuid.uuid4()),
                "org_id": who.org_id,
                "workspace_id": who.workspace_id,
                "owner_agent": address,
                "secret": body.get("secret"),
                "description": body.get("description"),
                "created_at": tx.now,
                "revoked_at": None,
            }
        )
        tx.run(webhooks.INSERT, row)
    audit.record(tx, who, "webhook.subscribe", row["subscription_id"], details={"callback_url": row["callback_url"]})
    return {"ok": True, "subscription": _shown(row)}


def list_subscriptions(tx: Tx, who: Identity, *, owner: str | None, include_inactive: bool) -> dict[str, Any]:
    """The subscriptions of an owner, the oldest first. ``GET /v1/webhooks/subscriptions``"""
    statement = webhooks.EVERY if include_inactive else webhooks.LIVING
    rows = tx.run(statement, {"mailbox": _mailbox(who, owner)})
    shown = [_shown(row) for row in rows if include_inactive or row["active"]]
    return {"ok": True, "subscriptions": shown}


def delete(tx: Tx, who: Identity, subscription_id: str, *, owner: str | None) -> dict[str, Any]:
    """Tell a URL nothing more. ``DELETE /v1/webhooks/subscriptions/{subscription_id}``

    Raises:
        GatewayError: 404.
    """
    row = tx.one(webhooks.ONE, {"subscription_id": subscription_id})
    if row is None or row["mailbox"] != _mailbox(who, owner) or row["revoked_at"] is not None:
        raise GatewayError(NOT_FOUND, f"there is no subscription {subscription_id[:64]}: list those of the owner")
    _store(tx, row | {"active": 0, "revoked_at": tx.now, "updated_at": tx.now, "secret": None})
    audit.record(tx, who, "webhook.unsubscribe", subscription_id)
    return {"ok": True, "subscription_id": subscription_id, "revoked_at": to_text(tx.now)}


def publish(tx: Tx, who: Identity, body: dict[str, Any], *, owner: str | None) -> dict[str, Any]:
    """Tell the subscriptions of an owner that something happened. ``POST /v1/webhooks/events``

    Args:
        body: as :class:`~axme.contract.schemas.webhooks.EventPublish` loads it.
    """
    address, mailbox = owner_address(who, owner), _mailbox(who, owner)
    happening = webhooks.Happening(body["event_type"], body["payload"])
    event = webhooks.add_event(tx, mailbox, address, happening, body["source"])
    webhooks.queue(tx, event["event_id"], _wanting(tx, event))
    audit.record(tx, who, "webhook.publish", event["event_id"], details={"event_type": event["event_type"]})
    return _event(tx, event) | {"source": event["source"], "accepted_at": to_text(tx.now)}


def replay(tx: Tx, who: Identity, event_id: str, *, owner: str | None) -> dict[str, Any]:
    """Deliver an event anew, to all who want it now. ``POST /v1/webhooks/events/{event_id}/replay``

    Raises:
        GatewayError: 404; 409, it is still being delivered.
    """
    event = tx.one(webhooks.EVENT, {"event_id": event_id})
    if event is None or event["mailbox"] != _mailbox(who, owner):
        raise GatewayError(NOT_FOUND, f"there is no event {event_id[:64]}: check the id, and whose key this is")
    if _event(tx, event)["pending"]:
        raise GatewayError(INVALID_TRANSITION, "this event is still being delivered: replay it when that has ended")
    webhooks.queue(tx, event_id, _wanting(tx, event))
    audit.record(tx, who, "webhook.replay", event_id)
    return _event(tx, event) | {"replayed_at": to_text(tx.now)}


def prepare(tx: Tx, delivery_id: str) -> Push | None:
    """What to post for a delivery that is due; ``None`` when nobody wants it any more."""
    delivery = tx.one(webhooks.DELIVERY_TO_CHANGE, {"delivery_id": delivery_id})
    if delivery is None or delivery["status"] != webhooks.PENDING:
        return None
    subscription = tx.run(webhooks.ONE, {"subscription_id": delivery["subscription_id"]})[0]
    if not subscription["active"]:
        why = "the subscription was switched off"
        _store_delivery(tx, delivery | {"status": webhooks.DEAD_LETTERED, "error_detail": why})
        return None
    event = tx.run(webhooks.EVENT, {"event_id": delivery["event_id"]})[0]
    return _push(event, subscription, tx.now // SECOND)


def settle(tx: Tx, delivery_id: str, outcome: Outcome) -> int | None:
    """Take down a try; the answer is when the next one is due, in microseconds. HTTP 410 ends the subscription."""
    delivery = tx.run(webhooks.DELIVERY_TO_CHANGE, {"delivery_id": delivery_id})[0]
    attempt = delivery["attempt_count"] + 1
    again = next_try(attempt, outcome, at=tx.now, chance=random.random())
    if outcome.verdict is Verdict.DELIVERED:
        changed: Row = {"status": webhooks.DELIVERED, "error_detail": None}
    else:
        status = webhooks.DEAD_LETTERED if again is None else webhooks.PENDING
        changed = {"status": status, "error_detail": f"try {attempt}: {outcome.detail}"}
    _store_delivery(tx, delivery | changed | {"attempt_count": attempt})
    if outcome.status == _GONE:
        row = tx.run(webhooks.ONE, {"subscription_id": delivery["subscription_id"]})[0]
        _store(tx, row | {"active": 0, "updated_at": tx.now})
    return again


def _push(event: Row, subscription: Row, timestamp: int) -> Push:
    body = jsontext.dumps(
        {
            "type": event["event_type"],
            "timestamp": to_text(event["created_at"]),
            "event_id": event["event_id"],
            "source": event["source"],
            "owner_agent": event["owner_agent"],
            "data": from_json(event["payload"]),
        }
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"axme-gateway/{__version__}",
        signing.ID: event["event_id"],
        signing.TIMESTAMP: str(timestamp),
    }
    if subscription["secret"]:
        headers |= signing.sign(subscription["secret"], event["event_id"], timestamp, body)
    return Push(subscription["callback_url"], body, headers)


def _wanting(tx: Tx, event: Row) -> list[Row]:
    rows = webhooks.subscribers(tx, [event["mailbox"]])
    return [row for row in rows if webhooks.wants(row, event["event_type"])]


def _event(tx: Tx, event: Row) -> dict[str, Any]:
    counts = {row["status"]: row["count"] for row in tx.run(webhooks.COUNTS, {"event_id": event["event_id"]})}
    pending = counts.get(webhooks.PENDING, 0)
    queued = sum(counts.values())
    return {
        "ok": True,
        "event_id": event["event_id"],
        "event_type": event["event_type"],
        "owner_agent": event["owner_agent"],
        "queued_deliveries": queued,
        "processed_deliveries": queued - pending,
        "delivered": counts.get(webhooks.DELIVERED, 0),
        "pending": pending,
        "dead_lettered": counts.get(webhooks.DEAD_LETTERED, 0),
    }


def _store(tx: Tx, row: Row) -> None:
    tx.run(webhooks.UPDATE, {"id": row["subscription_id"]} | {f"new_{name}": row[name] for name in webhooks.CHANGING})


def _store_delivery(tx: Tx, delivery: Row) -> None:
    changed = {f"new_{name}": delivery[name] for name in ("status", "attempt_count", "error_detail")}
    tx.run(webhooks.UPDATE_DELIVERY, {"id": delivery["delivery_id"], "new_updated_at": tx.now} | changed)


def _mailbox(who: Identity, owner: str | None) -> str:
    return topics.mailbox(owner_address(who, owner), who.workspace_id)


def _check_url(url: str) -> None:
    try:
        ssrf.parse(url)
    except ssrf.TargetError as error:
        raise GatewayError(VALIDATION_ERROR, f"callback_url: {error}", details={"field": "callback_url"}) from None


def _shown(row: Row) -> dict[str, Any]:
    secret: str | None = row["secret"]
    return {
        "subscription_id": row["subscription_id"],
        "owner_agent": row["owner_agent"],
        "callback_url": row["callback_url"],
        "event_types": from_json(row["event_types"]),
        "active": bool(row["active"]),
        "description": row["description"],
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
        "revoked_at": to_text(row["revoked_at"]) if row["revoked_at"] else None,
        "secret_hint": f"…{secret[-_HINT_CHARS:]}" if secret else None,
    }
