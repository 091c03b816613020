"""Service accounts and their keys (contract 3.25)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axme.contract import limits
from axme.contract.clock import to_micros, to_text
from axme.contract.codes import DUPLICATE, NOT_FOUND, VALIDATION_ERROR
from axme.gateway.actions import audit, members, sessions
from axme.gateway.actions.ceilings import require_room
from axme.gateway.actions.organizations import slug_of
from axme.gateway.actions.tenants import the_organization, the_workspace, visible_part
from axme.gateway.auth.identity import Identity
from axme.gateway.auth.keys import mint
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.store import topics
from axme.gateway.store.queries import accounts
from axme.gateway.store.queries import members as member_queries
from axme.gateway.store.tx import Row, Tx


def create(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Make an account with the agent address of its name. ``POST /v1/service-accounts``

    Args:
        tx: the transaction.
        who: the caller, in whose workspace the account is made unless another one is named.
        body: as :class:`~axme.contract.schemas.service_accounts.ServiceAccountCreate` loads it.

    Raises:
        GatewayError: 404; 403, the workspace is not the caller's; 409 ``duplicate``, with the account that has the
            name; 422; 429 ``quota_exceeded``, the workspace is full.
    """
    workspace = the_workspace(tx, who, body.get("org_id"), body.get("workspace_id"))
    organization = the_organization(tx, who, workspace["org_id"])
    have = tx.run(accounts.COUNT_LIVING_ACCOUNTS, {"workspace_id": workspace["workspace_id"]})[0]["count"]
    require_room("the workspace", have, limits.ACCOUNTS_PER_WORKSPACE, "service accounts")
    address = f"agent://{organization['slug']}/{workspace['slug']}/{slug_of(body['name'])}"
    taken = tx.one(accounts.LIVING_ACCOUNT_AT, {"address": address})
    if taken is not None:
        raise _duplicate(taken)
    row: Row = {
        "service_account_id": accounts.new_account_id(),
        "org_id": workspace["org_id"],
        "workspace_id": workspace["workspace_id"],
        "name": body["name"],
        "display_name": body.get("display_name"),
        "description": body.get("description"),
        "status": accounts.ACTIVE,
        "address": address,
        "created_by_actor_id": body.get("created_by_actor_id") or who.actor,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    if tx.one(accounts.INSERT_ACCOUNT_IF_FREE, row) is None:
        raise _duplicate(tx.run(accounts.LIVING_ACCOUNT_AT, {"address": address})[0])
    _noted(tx, who, "service_account.create", row["service_account_id"], row, {"address": address})
    return {"ok": True, "service_account": _account(row)}


def list_accounts(tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None) -> dict[str, Any]:
    """The living accounts of a workspace, or of all an organization's. ``GET /v1/service-accounts``

    Without either, those of the caller's workspace; where the caller has nothing to do with, there are none.
    """
    part = visible_part(tx, who, org_id, workspace_id)
    rows = [] if part is None else tx.query(accounts.living(*part, limit=limits.LIST_LIMIT[1]))
    return {"ok": True, "service_accounts": [_account(row) for row in rows]}


def get(tx: Tx, who: Identity, service_account_id: str) -> dict[str, Any]:
    """One account. ``GET /v1/service-accounts/{service_account_id}``

    Raises:
        GatewayError: 404.
    """
    return {"ok": True, "service_account": _account(_find(tx, who, service_account_id))}


def delete(tx: Tx, who: Identity, service_account_id: str) -> dict[str, Any]:
    """Delete an account, its keys and memberships. ``DELETE /v1/service-accounts/{service_account_id}``

    Raises:
        GatewayError: 404; 403, its role is above the caller's; 409, it is the last owner of an organization.
    """
    account = _find_to_change(tx, who, service_account_id)
    for key in tx.run(accounts.LIVING_KEYS, {"service_account_id": service_account_id}):
        _revoke(tx, who, account, key)
    for member in tx.run(member_queries.OF_ACTOR, {"actor_id": service_account_id}):
        members.end(tx, who, "member.remove", member)
    changed = {"id": account["service_account_id"], "status": accounts.DELETED, "updated_at": tx.now}
    tx.run(accounts.SET_ACCOUNT_STATUS, changed)
    _noted(tx, who, "service_account.delete", service_account_id, account)
    return {"ok": True, "service_account_id": service_account_id, "deleted": True}


def list_keys(tx: Tx, who: Identity, service_account_id: str) -> dict[str, Any]:
    """The keys of an account, the revoked included. ``GET /v1/service-accounts/{service_account_id}/keys``

    Raises:
        GatewayError: 404.
    """
    _find(tx, who, service_account_id)
    rows = tx.run(accounts.KEYS, {"service_account_id": service_account_id})
    return {"ok": True, "keys": [_key(row) for row in rows]}


def create_key(tx: Tx, who: Identity, service_account_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make a key; its ``token`` is in this answer and nowhere else. ``POST …/{service_account_id}/keys``

    Raises:
        GatewayError: 404; 403, the account's role is above the caller's; 422, it would be expired from the start; 429
            ``quota_exceeded``, the account has too many.
    """
    account = _find_to_change(tx, who, service_account_id)
    expires: datetime | None = body.get("expires_at")
    expires_at = to_micros(expires) if expires else None
    if expires_at is not None and expires_at <= tx.now:
        raise GatewayError(
            VALIDATION_ERROR, "expires_at: is in the past; choose a later moment", details={"field": "expires_at"}
        )
    sought = {"service_account_id": account["service_account_id"], "now": tx.now}
    have = tx.run(accounts.COUNT_LIVING_KEYS, sought)[0]["count"]
    require_room("the account", have, limits.KEYS_PER_ACCOUNT, "keys")
    minted = mint(account["service_account_id"])
    row: Row = {
        "key_id": accounts.new_key_id(),
        "service_account_id": account["service_account_id"],
        "token_hash": minted.hash,
        "key_hint": minted.hint,
        "created_by_actor_id": body.get("created_by_actor_id") or who.actor,
        "created_at": tx.now,
        "expires_at": expires_at,
        "revoked_at": None,
    }
    tx.run(accounts.INSERT_KEY, row)
    _noted(tx, who, "key.create", row["key_id"], account, {"service_account_id": service_account_id})
    return {"ok": True, "key": _key(row) | {"token": minted.token}}


def revoke_key(tx: Tx, who: Identity, service_account_id: str, key_id: str) -> dict[str, Any]:
    """Revoke a key at once; a second time changes nothing. ``POST …/keys/{key_id}/revoke``

    Raises:
        GatewayError: 404; 403, the account's role is above the caller's.
    """
    account = _find_to_change(tx, who, service_account_id)
    sought = {"key_id": key_id, "service_account_id": service_account_id}
    key = tx.one(accounts.KEY, sought)
    if key is None:
        raise GatewayError(NOT_FOUND, f"the account {service_account_id} has no key {key_id[:64]}")
    _revoke(tx, who, account, key)
    _noted(tx, who, "key.revoke", key_id, account, {"service_account_id": service_account_id})
    return {"ok": True, "key": _key(tx.run(accounts.KEY, sought)[0])}


def _duplicate(taken: Row) -> GatewayError:
    return GatewayError(
        DUPLICATE,
        f"the address {taken['address']} belongs to {taken['name']!r} already: use that account, or another name",
        extra={"service_account": _account(taken)},
    )


def _find(tx: Tx, who: Identity, service_account_id: str) -> Row:
    row = tx.one(accounts.ACCOUNT, {"service_account_id": service_account_id})
    held = frozenset[str]() if row is None else who.roles_in(row["org_id"], row["workspace_id"])
    if row is None or row["status"] == accounts.DELETED or not held:
        raise GatewayError(NOT_FOUND, f"there is no service account {service_account_id[:64]}: list those there are")
    roles.require(held, who.may)
    return row


def _find_to_change(tx: Tx, who: Identity, service_account_id: str) -> Row:
    """An account whose keys the caller may hold: none with a role above the caller's own."""
    row = _find(tx, who, service_account_id)
    for member in tx.run(member_queries.OF_ACTOR, {"actor_id": service_account_id}):
        members.check_rank(who, member["org_id"], member["workspace_id"] or None, member["role"])
    return row


def _noted(
    tx: Tx, who: Identity, action: str, target: str, account: Row, details: dict[str, Any] | None = None
) -> None:
    org_id, workspace_id = account["org_id"], account["workspace_id"]
    audit.record(tx, who, action, target, details=details or {}, org_id=org_id, workspace_id=workspace_id)


def _revoke(tx: Tx, who: Identity, account: Row, key: Row) -> None:
    key_id = key["key_id"]
    tx.run(accounts.REVOKE_KEY, {"id": key_id, "now": tx.now})
    tx.publish(topics.key(key_id), 0, None)
    if key["revoked_at"] is None:
        sessions.of_key(tx, who, account, key_id)


def _account(row: Row) -> dict[str, Any]:
    return {
        "service_account_id": row["service_account_id"],
        "org_id": row["org_id"],
        "workspace_id": row["workspace_id"],
        "name": row["name"],
        "display_name": row["display_name"],
        "description": row["description"],
        "status": row["status"],
        "agent_address": row["address"],
        "address": row["address"],
        "created_by_actor_id": row["created_by_actor_id"],
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
    }


def _key(row: Row) -> dict[str, Any]:
    return {
        "key_id": row["key_id"],
        "service_account_id": row["service_account_id"],
        "key_hint": row["key_hint"],
        "status": "active" if row["revoked_at"] is None else "revoked",
        "created_at": to_text(row["created_at"]),
        "expires_at": None if row["expires_at"] is None else to_text(row["expires_at"]),
        "revoked_at": None if row["revoked_at"] is None else to_text(row["revoked_at"]),
    }
