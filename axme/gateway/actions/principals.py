"""Principals (contract 3.26)."""

from __future__ import annotations

from typing import Any

from axme.gateway.actions.placed import as_sent, note, the_principal
from axme.gateway.actions.tenants import the_workspace
from axme.gateway.auth.identity import Identity
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import principals
from axme.gateway.store.queries.placed import new_id
from axme.gateway.store.tx import Row, Tx


def create(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Make a principal in a workspace, the caller's own by default. ``POST /v1/principals``

    Raises:
        GatewayError: 404, there is no such organization or workspace; 403.
    """
    workspace = the_workspace(tx, who, body.get("org_id"), body.get("workspace_id"))
    row: Row = {
        "principal_id": new_id("prn"),
        "org_id": workspace["org_id"],
        "workspace_id": workspace["workspace_id"],
        "principal_type": body["principal_type"],
        "display_name": body.get("display_name"),
        "status": principals.ACTIVE,
        "metadata": to_json(body["metadata"]),
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    tx.run(principals.INSERT, row)
    note(tx, who, "principal.create", row["principal_id"], row, {"principal_type": row["principal_type"]})
    return {"ok": True, "principal": as_sent(row)}


def get(tx: Tx, who: Identity, principal_id: str) -> dict[str, Any]:
    """One principal. ``GET /v1/principals/{principal_id}``

    Raises:
        GatewayError: 404; 403.
    """
    return {"ok": True, "principal": as_sent(the_principal(tx, who, principal_id))}
