"""Invites (contract 3.16). The token is kept as a hash: who reads the database cannot let himself in."""

from __future__ import annotations

import secrets
from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import INVITE_ACCEPTED, INVITE_EXPIRED, NOT_FOUND
from axme.contract.schemas.users import public_address, shown
from axme.contract.schemas.webhooks import INVITE_ACCEPTED as INVITE_ACCEPTED_EVENT
from axme.gateway.actions import audit, users
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.auth.keys import digest
from axme.gateway.errors import GatewayError
from axme.gateway.store import topics
from axme.gateway.store.queries import invites, webhooks
from axme.gateway.store.tx import Row, Tx

_TOKEN_BYTES = 24
_SECOND = 1_000_000
#: The trail names an invite by the start of its hash: the token is for its recipient alone.
_HASH_SHOWN = 16


def create(tx: Tx, who: Identity, body: dict[str, Any], *, base_url: str) -> dict[str, Any]:
    """Invite somebody into the caller's workspace. ``POST /v1/invites/create``

    Raises:
        GatewayError: 403, ``owner_agent`` is not the caller's to speak for; 422.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row: Row = {
        "token_hash": digest(token),
        "org_id": who.org_id,
        "workspace_id": who.workspace_id,
        "owner_agent": owner_address(who, body.get("owner_agent")),
        "recipient_hint": body.get("recipient_hint"),
        "created_at": tx.now,
        "expires_at": tx.now + body["ttl_seconds"] * _SECOND,
        "accepted_at": None,
        "user_id": None,
    }
    tx.run(invites.INSERT, row)
    audit.record(tx, who, "invite.create", row["token_hash"][:_HASH_SHOWN])
    return {"ok": True, "token": token, "invite_url": f"{base_url}/v1/invites/{token}"} | _invite(tx, row)


def get(tx: Tx, who: Identity, token: str) -> dict[str, Any]:
    """One invite. ``GET /v1/invites/{token}``

    Raises:
        GatewayError: 404.
    """
    row = tx.one(invites.FIND, {"token_hash": digest(token), "org_id": who.org_id})
    if row is None:
        raise _unknown()
    nick = row["nick"]
    return (
        {"ok": True, "token": token}
        | _invite(tx, row)
        | {
            "accepted_at": None if row["accepted_at"] is None else to_text(row["accepted_at"]),
            "accepted_owner_agent": row["accepted_owner_agent"],
            "nick": None if nick is None else shown(nick),
            "public_address": None if nick is None else public_address(nick),
        }
    )


def accept(tx: Tx, who: Identity, token: str, body: dict[str, Any]) -> dict[str, Any]:
    """Accept an invite: it makes a user in the inviting workspace. ``POST /v1/invites/{token}/accept``

    Raises:
        GatewayError: 404; 409 ``invite_already_accepted``, ``invite_expired`` or ``nick_taken``.
    """
    row = tx.one(invites.FIND_FOR_UPDATE, {"token_hash": digest(token), "org_id": who.org_id})
    if row is None:
        raise _unknown()
    if row["accepted_at"] is not None:
        when = to_text(row["accepted_at"])
        raise GatewayError(INVITE_ACCEPTED, f"this invite was accepted at {when}", details={"accepted_at": when})
    if row["expires_at"] <= tx.now:
        when = to_text(row["expires_at"])
        raise GatewayError(
            INVITE_EXPIRED, f"this invite expired at {when}: ask for another", details={"expires_at": when}
        )
    user = users.add(tx, who, body, org_id=row["org_id"], workspace_id=row["workspace_id"])
    tx.run(invites.ACCEPT, {"hash": row["token_hash"], "at": tx.now, "by": user["user_id"]})
    audit.record(tx, who, "invite.accept", row["token_hash"][:_HASH_SHOWN], details={"user_id": user["user_id"]})
    mailbox = topics.mailbox(row["owner_agent"], row["workspace_id"])
    told = {"invite_owner_agent": row["owner_agent"], "accepted_at": to_text(tx.now)} | {
        name: user[name] for name in ("user_id", "owner_agent", "display_name")
    }
    webhooks.tell(tx, webhooks.subscribers(tx, [mailbox]), [webhooks.Happening(INVITE_ACCEPTED_EVENT, told)])
    return {
        "ok": True,
        "token": token,
        "status": "accepted",
        "invite_owner_agent": row["owner_agent"],
        "user_id": user["user_id"],
        "owner_agent": user["owner_agent"],
        "nick": shown(user["nick"]),
        "public_address": public_address(user["nick"]),
        "display_name": user["display_name"],
        "accepted_at": to_text(tx.now),
        # This gateway has no registry outside of itself to tell.
        "registry_bind_status": "disabled" if row["recipient_hint"] else "skipped_no_hint",
    }


def _unknown() -> GatewayError:
    return GatewayError(NOT_FOUND, "there is no invite with this token: check it, and whose key this is")


def _invite(tx: Tx, row: Row) -> dict[str, Any]:
    status = "accepted" if row["accepted_at"] is not None else "expired" if row["expires_at"] <= tx.now else "pending"
    return {
        "owner_agent": row["owner_agent"],
        "recipient_hint": row["recipient_hint"],
        "status": status,
        "created_at": to_text(row["created_at"]),
        "expires_at": to_text(row["expires_at"]),
    }
