"""Who is told of what, and the secrets that the messages are signed with."""

from __future__ import annotations

import uuid
from typing import Any

from axme.contract import signing
from axme.contract.clock import to_text
from axme.contract.codes import NOT_FOUND, VALIDATION_ERROR
from axme.gateway.actions import audit
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.policy import ssrf
from axme.gateway.store import topics
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.queries import webhooks
from axme.gateway.store.tx import Row, Tx

_HINT_CHARS = 4


def upsert(tx: Tx, who: Identity, body: dict[str, Any], *, owner: str | None) -> dict[str, Any]:
    """Subscribe a URL, or change its subscription. ``POST /v1/webhooks/subscriptions``

    A new one without a secret gets one, which is in this answer and nowhere else.

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
    row, made = tx.one(webhooks.LIVING_AT, place), None
    if row is not None:
        row |= said | {name: body[name] for name in ("secret", "description") if name in body}
        if "secret" in body:
            row |= {"old_secret": None, "old_secret_until": None}
        store(tx, row)
    else:
        made = None if "secret" in body else signing.new_secret()
        row = (
            place
            | said
            | {
                "subscription_id": str(uuid.uuid4()),
                "org_id": who.org_id,
                "workspace_id": who.workspace_id,
                "owner_agent": address,
                "secret": made or body["secret"],
                "old_secret": None,
                "old_secret_until": None,
                "description": body.get("description"),
                "created_at": tx.now,
                "revoked_at": None,
            }
        )
        tx.run(webhooks.INSERT, row)
    audit.record(tx, who, "webhook.subscribe", row["subscription_id"], details={"callback_url": row["callback_url"]})
    return _answer(tx, row, made)


def list_subscriptions(tx: Tx, who: Identity, *, owner: str | None, include_inactive: bool) -> dict[str, Any]:
    """The subscriptions of an owner, the oldest first. ``GET /v1/webhooks/subscriptions``"""
    statement = webhooks.EVERY if include_inactive else webhooks.LIVING
    rows = tx.run(statement, {"mailbox": mailbox_of(who, owner)})
    shown = [_shown(tx, row) for row in rows if include_inactive or row["active"]]
    return {"ok": True, "subscriptions": shown}


def delete(tx: Tx, who: Identity, subscription_id: str, *, owner: str | None) -> dict[str, Any]:
    """Tell a URL nothing more. ``DELETE /v1/webhooks/subscriptions/{subscription_id}``

    Raises:
        GatewayError: 404.
    """
    row = find(tx, who, subscription_id, owner)
    gone = {"active": 0, "revoked_at": tx.now, "updated_at": tx.now}
    store(tx, row | gone | dict.fromkeys(("secret", "old_secret", "old_secret_until")))
    audit.record(tx, who, "webhook.unsubscribe", subscription_id)
    return {"ok": True, "subscription_id": subscription_id, "revoked_at": to_text(tx.now)}


def rotate_secret(
    tx: Tx, who: Identity, subscription_id: str, body: dict[str, Any], *, owner: str | None
) -> dict[str, Any]:
    """Sign with a new secret, and for a while with the old one too.
    ``POST /v1/webhooks/subscriptions/{subscription_id}/rotate-secret``

    Args:
        body: as :class:`~axme.contract.schemas.webhooks.SecretRotation` loads it.

    Raises:
        GatewayError: 404.
    """
    row, made = find(tx, who, subscription_id, owner), None if "secret" in body else signing.new_secret()
    overlap: int = body["overlap_seconds"]
    row |= {
        "old_secret": row["secret"] if overlap else None,
        "old_secret_until": tx.now + overlap * SECOND if overlap and row["secret"] else None,
        "secret": made or body["secret"],
        "updated_at": tx.now,
    }
    store(tx, row)
    audit.record(tx, who, "webhook.rotate_secret", subscription_id, details={"overlap_seconds": overlap})
    return _answer(tx, row, made)


def find(tx: Tx, who: Identity, subscription_id: str, owner: str | None) -> Row:
    """A living subscription of an owner, to be changed.

    Raises:
        GatewayError: 404.
    """
    row = tx.one(webhooks.ONE_TO_CHANGE, {"subscription_id": subscription_id})
    if row is None or row["mailbox"] != mailbox_of(who, owner) or row["revoked_at"] is not None:
        raise GatewayError(NOT_FOUND, f"there is no subscription {subscription_id[:64]}: list those of the owner")
    return row


def store(tx: Tx, row: Row) -> None:
    """Write down what of a subscription can change."""
    tx.run(webhooks.UPDATE, {"id": row["subscription_id"]} | {f"new_{name}": row[name] for name in webhooks.CHANGING})


def mailbox_of(who: Identity, owner: str | None) -> str:
    """The name under which what concerns an owner is kept."""
    return topics.mailbox(owner_address(who, owner), who.workspace_id)


def _check_url(url: str) -> None:
    try:
        ssrf.parse(url)
    except ssrf.TargetError as error:
        raise GatewayError(VALIDATION_ERROR, f"callback_url: {error}", details={"field": "callback_url"}) from None


def _answer(tx: Tx, row: Row, made: str | None) -> dict[str, Any]:
    return {"ok": True, "subscription": _shown(tx, row) | ({"secret": made} if made else {})}


def _shown(tx: Tx, row: Row) -> dict[str, Any]:
    secret: str | None = row["secret"]
    until: int | None = row["old_secret_until"]
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
        "old_secret_until": to_text(until) if until and until > tx.now else None,
    }
