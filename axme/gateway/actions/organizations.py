"""Organizations (contract 3.18)."""

from __future__ import annotations

import uuid
from typing import Any

from axme.contract import addresses, limits
from axme.contract.clock import to_text
from axme.contract.codes import DUPLICATE, INVALID_TRANSITION, VALIDATION_ERROR
from axme.contract.member_roles import ORG_OWNER
from axme.gateway.actions import audit, members
from axme.gateway.actions.ceilings import require_room
from axme.gateway.actions.tenants import same_id, the_organization
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store import topics
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.queries import members as member_queries
from axme.gateway.store.queries import tenants
from axme.gateway.store.tx import Row, Tx

_CHANGEABLE = ("name", "legal_name", "primary_domain", "status")


def create(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Make an organization, empty but for its owners: who asks, and who it is asked for. ``POST /v1/organizations``

    Raises:
        GatewayError: 409 ``duplicate``, another one has the address part of this name; 422, the name makes none;
            429 ``quota_exceeded``, an owner has too many.
    """
    row = found(tx, who, body, owners=[who.actor, body.get("requested_by_actor_id") or who.actor])
    return {"ok": True, "organization": as_sent(row)}


def found(tx: Tx, who: Identity, body: dict[str, Any], *, owners: list[str]) -> Row:
    """Make an organization that belongs to ``owners``."""
    for owner in dict.fromkeys(owners):
        have = tx.run(member_queries.COUNT_OWNED, {"actor_id": owner})[0]["count"]
        require_room(owner, have, limits.ORGANIZATIONS_PER_OWNER, "organizations")
    row = insert(tx, body)
    for owner in dict.fromkeys(owners):
        members.insert(tx, row["org_id"], None, owner, ORG_OWNER, invited_by=who.actor)
    audit.record(tx, who, "organization.create", row["org_id"], details={"name": row["name"]}, org_id=row["org_id"])
    return row


def get(tx: Tx, who: Identity, org_id: str) -> dict[str, Any]:
    """One organization, with the numbers of its workspaces and members. ``GET /v1/organizations/{org_id}``

    Raises:
        GatewayError: 404.
    """
    row = the_organization(tx, who, org_id)
    counts = tx.run(tenants.COUNTS, {"org_id": row["org_id"]})[0]
    return {"ok": True, "organization": as_sent(row) | counts}


def update(tx: Tx, who: Identity, org_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change what is given. ``PATCH /v1/organizations/{org_id}``

    The address part of its agents stays as it is, so that nobody's address changes under a new name.

    Raises:
        GatewayError: 404; 400, the body names another one; 409, the caller would lock itself out.
    """
    row = the_organization(tx, who, org_id)
    same_id(body, "org_id", row["org_id"])
    if row["org_id"] == who.org_id and body.get("status", row["status"]) not in ("active", "pending"):
        raise GatewayError(INVALID_TRANSITION, "status: this is your own organization, and nobody could open it again")
    changed = row | {name: body[name] for name in _CHANGEABLE if name in body} | {"updated_at": tx.now}
    if "metadata" in body:
        changed["metadata"] = to_json(body["metadata"])
    tx.run(
        tenants.UPDATE_ORGANIZATION,
        {"id": row["org_id"]} | {f"new_{name}": changed[name] for name in (*_CHANGEABLE, "metadata", "updated_at")},
    )
    if changed["status"] != row["status"]:
        tx.publish(topics.key(row["org_id"]), 0, None)
    audit.record(tx, who, "organization.update", row["org_id"], details=changes(row, changed), org_id=row["org_id"])
    return {"ok": True, "organization": as_sent(changed)}


def insert(tx: Tx, body: dict[str, Any]) -> Row:
    """A new row; its slug is made of the name.

    Raises:
        GatewayError: 409 ``duplicate``; 422.
    """
    word = slug_of(body["name"])
    row: Row = {
        "org_id": str(uuid.uuid4()),
        "slug": word,
        "name": body["name"],
        "legal_name": body.get("legal_name"),
        "primary_domain": body.get("primary_domain"),
        "status": tenants.ACTIVE,
        "metadata": to_json(body.get("metadata") or {}),
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    if tx.one(tenants.INSERT_ORGANIZATION, row) is None:
        raise GatewayError(DUPLICATE, f"the address part {word!r} is taken: choose another name")
    return row


def slug_of(name: str) -> str:
    """A name as a part of addresses.

    Raises:
        GatewayError: 422, nothing of it is left.
    """
    word = addresses.slug(name)
    if not word:
        raise GatewayError(
            VALIDATION_ERROR,
            "name: needs a letter or digit of a-z 0-9 to make addresses of",
            details={"field": "name"},
        )
    return word


def changes(before: Row, after: Row) -> dict[str, Any]:
    """What an update changed, as the audit trail keeps it."""
    return {
        name: {"old": before[name], "new": value}
        for name, value in after.items()
        if name != "updated_at" and before[name] != value
    }


def as_sent(row: Row) -> dict[str, Any]:
    """An organization on the wire."""
    return {
        "org_id": row["org_id"],
        "slug": row["slug"],
        "name": row["name"],
        "legal_name": row["legal_name"],
        "primary_domain": row["primary_domain"],
        "status": row["status"],
        "metadata": from_json(row["metadata"]),
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
    }
