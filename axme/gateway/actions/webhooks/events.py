"""What happened, whom it was told, and telling it again."""

from __future__ import annotations

from collections import Counter
from typing import Any

from axme.contract.clock import to_micros, to_text
from axme.contract.codes import INVALID_TRANSITION, NOT_FOUND
from axme.gateway.actions import audit
from axme.gateway.actions.owners import owner_address
from axme.gateway.actions.webhooks.subscriptions import find, mailbox_of
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import webhooks
from axme.gateway.store.tx import Row, Tx

#: Deliveries that one call takes up again.
MOST_REPLAYED = 500


def publish(tx: Tx, who: Identity, body: dict[str, Any], *, owner: str | None) -> dict[str, Any]:
    """Tell the subscriptions of an owner that something happened. ``POST /v1/webhooks/events``

    Args:
        body: as :class:`~axme.contract.schemas.webhooks.EventPublish` loads it.
    """
    address, mailbox = owner_address(who, owner), mailbox_of(who, owner)
    happening = webhooks.Happening(body["event_type"], body["payload"])
    event = webhooks.add_event(tx, mailbox, address, happening, body["source"])
    webhooks.queue(tx, event["event_id"], _wanting(tx, event))
    audit.record(tx, who, "webhook.publish", event["event_id"], details={"event_type": event["event_type"]})
    return _event(event, _counts(tx, event)) | {"source": event["source"], "accepted_at": to_text(tx.now)}


def list_events(tx: Tx, who: Identity, *, owner: str | None, status: str | None, limit: int) -> dict[str, Any]:
    """The events of an owner, the newest first, and how their deliveries fare. ``GET /v1/webhooks/events``

    Args:
        status: only events with a delivery of that status.
    """
    rows = tx.query(webhooks.events_of(mailbox_of(who, owner), status, limit))
    counts = webhooks.counts_of(tx, [row["event_id"] for row in rows])
    return {"ok": True, "events": [_told(row, counts[row["event_id"]]) for row in rows]}


def get_event(tx: Tx, who: Identity, event_id: str, *, owner: str | None) -> dict[str, Any]:
    """One event with its deliveries and every try to make them. ``GET /v1/webhooks/events/{event_id}``

    Raises:
        GatewayError: 404.
    """
    event = _find(tx, who, event_id, owner)
    tries: dict[str, list[dict[str, Any]]] = {}
    for row in tx.run(webhooks.ATTEMPTS_OF_EVENT, {"event_id": event_id}):
        shown = {name: row[name] for name in ("attempt", "outcome", "http_status", "detail")}
        tries.setdefault(row["delivery_id"], []).append(shown | {"at": to_text(row["at"])})
    deliveries = [
        {name: row[name] for name in ("delivery_id", "subscription_id", "callback_url", "status", "error_detail")}
        | {
            "created_at": to_text(row["created_at"]),
            "next_attempt_at": to_text(row["next_attempt_at"]) if row["next_attempt_at"] else None,
            "attempts": tries.get(row["delivery_id"], []),
        }
        for row in tx.run(webhooks.DELIVERIES_OF_EVENT, {"event_id": event_id})
    ]
    whole = {"data": from_json(event["payload"]), "deliveries": deliveries}
    return {"ok": True, "event": _told(event, _counts(tx, event)) | whole}


def replay(tx: Tx, who: Identity, event_id: str, *, owner: str | None) -> dict[str, Any]:
    """Deliver an event anew, to all who want it now. ``POST /v1/webhooks/events/{event_id}/replay``

    Raises:
        GatewayError: 404; 409, it is still being delivered.
    """
    event = _find(tx, who, event_id, owner)
    if _counts(tx, event)[webhooks.PENDING]:
        raise GatewayError(INVALID_TRANSITION, "this event is still being delivered: replay it when that has ended")
    webhooks.queue(tx, event_id, _wanting(tx, event))
    audit.record(tx, who, "webhook.replay", event_id)
    return _event(event, _counts(tx, event)) | {"replayed_at": to_text(tx.now)}


def replay_since(
    tx: Tx, who: Identity, subscription_id: str, body: dict[str, Any], *, owner: str | None
) -> dict[str, Any]:
    """Deliver to one subscription anew what it has missed since a time, the oldest first.
    ``POST /v1/webhooks/subscriptions/{subscription_id}/replay``

    Args:
        body: as :class:`~axme.contract.schemas.webhooks.ReplaySince` loads it.

    Raises:
        GatewayError: 404; 409, the subscription is switched off.
    """
    subscription = find(tx, who, subscription_id, owner)
    if not subscription["active"]:
        raise GatewayError(INVALID_TRANSITION, "the subscription is switched off: switch it on, then replay")
    statuses = [webhooks.DEAD_LETTERED] if body["what"] == webhooks.DEAD_LETTERED else list(webhooks.ENDED)
    rows = tx.query(webhooks.missed(subscription_id, to_micros(body["since"]), statuses, MOST_REPLAYED))
    for row in rows:
        webhooks.queue(tx, row["event_id"], [subscription])
    audit.record(tx, who, "webhook.replay", subscription_id, details={"replayed": len(rows)})
    return {
        "ok": True,
        "subscription_id": subscription_id,
        "replayed": len(rows),
        "more": len(rows) == MOST_REPLAYED,
        "replayed_at": to_text(tx.now),
    }


def _find(tx: Tx, who: Identity, event_id: str, owner: str | None) -> Row:
    event = tx.one(webhooks.EVENT, {"event_id": event_id})
    if event is None or event["mailbox"] != mailbox_of(who, owner):
        raise GatewayError(NOT_FOUND, f"there is no event {event_id[:64]}: check the id, and whose key this is")
    return event


def _wanting(tx: Tx, event: Row) -> list[Row]:
    rows = webhooks.subscribers(tx, [event["mailbox"]])
    return [row for row in rows if webhooks.wants(row, event["event_type"])]


def _counts(tx: Tx, event: Row) -> Counter[str]:
    return webhooks.counts_of(tx, [event["event_id"]])[event["event_id"]]


def _told(event: Row, counts: Counter[str]) -> dict[str, Any]:
    shown = _event(event, counts) | {"source": event["source"], "accepted_at": to_text(event["created_at"])}
    del shown["ok"]
    return shown


def _event(event: Row, counts: Counter[str]) -> dict[str, Any]:
    pending, queued = counts[webhooks.PENDING], counts.total()
    return {
        "ok": True,
        "event_id": event["event_id"],
        "event_type": event["event_type"],
        "owner_agent": event["owner_agent"],
        "queued_deliveries": queued,
        "processed_deliveries": queued - pending,
        "delivered": counts[webhooks.DELIVERED],
        "pending": pending,
        "dead_lettered": counts[webhooks.DEAD_LETTERED],
    }
