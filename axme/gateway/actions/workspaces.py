"""Workspaces of an organization (contract 3.19)."""

from __future__ import annotations

import uuid
from typing import Any

from axme.contract import limits
from axme.contract.clock import to_text
from axme.contract.codes import DUPLICATE, FORBIDDEN, INVALID_TRANSITION
from axme.gateway.actions import audit
from axme.gateway.actions.ceilings import require_room
from axme.gateway.actions.organizations import changes, slug_of
from axme.gateway.actions.tenants import same_id, the_organization, the_workspace
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store import topics
from axme.gateway.store.queries import tenants
from axme.gateway.store.tx import Row, Tx

_CHANGEABLE = ("name", "environment", "region", "status")


def create(tx: Tx, who: Identity, org_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make a workspace. ``POST /v1/organizations/{org_id}/workspaces``

    Raises:
        GatewayError: 404; 403, the caller administers a workspace, not the organization; 409 ``duplicate``; 422;
            429 ``quota_exceeded``, the organization has too many.
    """
    organization = the_organization(tx, who, org_id)
    same_id(body, "org_id", organization["org_id"])
    if who.reach_in(organization["org_id"]) is not None:
        raise GatewayError(
            FORBIDDEN, "operation requires one of roles org_owner, org_admin: a workspace is all you have"
        )
    have = tx.run(tenants.COUNTS, {"org_id": organization["org_id"]})[0]["workspaces_count"]
    require_room("the organization", have, limits.WORKSPACES_PER_ORGANIZATION, "workspaces")
    row = insert(tx, organization["org_id"], body)
    audit.record(
        tx,
        who,
        "workspace.create",
        row["workspace_id"],
        details={"name": row["name"]},
        org_id=row["org_id"],
        workspace_id=row["workspace_id"],
    )
    return {"ok": True, "workspace": as_sent(row)}


def list_workspaces(tx: Tx, who: Identity, org_id: str) -> dict[str, Any]:
    """The workspaces the caller has a role in. ``GET /v1/organizations/{org_id}/workspaces``

    Raises:
        GatewayError: 404.
    """
    organization = the_organization(tx, who, org_id)
    reach = who.reach_in(organization["org_id"])
    rows = tx.run(tenants.WORKSPACES, {"org_id": organization["org_id"]})
    return {"ok": True, "workspaces": [as_sent(row) for row in rows if reach is None or row["workspace_id"] in reach]}


def update(tx: Tx, who: Identity, org_id: str, workspace_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change what is given. ``PATCH /v1/organizations/{org_id}/workspaces/{workspace_id}``

    The address part of its agents stays as it is, so that nobody's address changes under a new name.

    Raises:
        GatewayError: 404; 403; 400, the body names another one; 409, the caller would lock itself out.
    """
    row = the_workspace(tx, who, org_id, workspace_id)
    same_id(body, "org_id", row["org_id"])
    same_id(body, "workspace_id", row["workspace_id"])
    if row["workspace_id"] == who.workspace_id and body.get("status", tenants.ACTIVE) != tenants.ACTIVE:
        raise GatewayError(INVALID_TRANSITION, "status: this is your own workspace, and your key would end with it")
    changed = row | {name: body[name] for name in _CHANGEABLE if name in body} | {"updated_at": tx.now}
    tx.run(
        tenants.UPDATE_WORKSPACE,
        {"id": row["workspace_id"]} | {f"new_{name}": changed[name] for name in (*_CHANGEABLE, "updated_at")},
    )
    if changed["status"] != row["status"]:
        tx.publish(topics.key(row["workspace_id"]), 0, None)
    audit.record(
        tx,
        who,
        "workspace.update",
        row["workspace_id"],
        details=changes(row, changed),
        org_id=row["org_id"],
        workspace_id=row["workspace_id"],
    )
    return {"ok": True, "workspace": as_sent(changed)}


def insert(tx: Tx, org_id: str, body: dict[str, Any]) -> Row:
    """A new row; its slug is made of the name.

    Raises:
        GatewayError: 409 ``duplicate``; 422.
    """
    word = slug_of(body["name"])
    row: Row = {
        "workspace_id": str(uuid.uuid4()),
        "org_id": org_id,
        "slug": word,
        "name": body["name"],
        "environment": body["environment"],
        "region": body.get("region"),
        "status": tenants.ACTIVE,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    if tx.one(tenants.INSERT_WORKSPACE, row) is None:
        raise GatewayError(DUPLICATE, f"there is a workspace {word!r} already: use it, or choose another name")
    return row


def as_sent(row: Row) -> dict[str, Any]:
    """A workspace on the wire."""
    return {
        "workspace_id": row["workspace_id"],
        "org_id": row["org_id"],
        "slug": row["slug"],
        "name": row["name"],
        "environment": row["environment"],
        "region": row["region"],
        "status": row["status"],
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
    }
