"""Transport bindings of principals (contract 3.29)."""

from __future__ import annotations

from typing import Any

from axme.gateway.actions.placed import as_sent, list_rows, note, the_principal, the_row
from axme.gateway.auth.identity import Identity
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import transports
from axme.gateway.store.queries.placed import new_id
from axme.gateway.store.tables import transport_bindings as table
from axme.gateway.store.tx import Row, Tx


def upsert(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Bind a principal to a handle, or change the binding that is there. ``POST /v1/transports/bindings``

    Raises:
        GatewayError: 404, there is no such principal; 403.
    """
    principal = the_principal(tx, who, body["principal_id"])
    row: Row = {
        "binding_id": new_id("bnd"),
        "principal_id": principal["principal_id"],
        "org_id": principal["org_id"],
        "workspace_id": principal["workspace_id"],
        "transport_type": body["transport_type"],
        "transport_handle": body["transport_handle"],
        "priority": body["priority"],
        "status": body["status"],
        "metadata": to_json(body["metadata"]),
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    binding_id = tx.run(transports.UPSERT, row)[0]["binding_id"]
    stored = tx.run(transports.BINDING, {"binding_id": binding_id})[0]
    note(tx, who, "transport.bind", binding_id, row, {"principal_id": row["principal_id"]})
    return {"ok": True, "binding": as_sent(stored)}


def list_bindings(
    tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, principal_id: str | None, limit: int
) -> dict[str, Any]:
    """Bindings of a workspace, an organization or a principal. ``GET /v1/transports/bindings``"""
    rows = list_rows(tx, who, table, org_id=org_id, workspace_id=workspace_id, principal_id=principal_id, limit=limit)
    return {"ok": True, "bindings": [as_sent(row) for row in rows]}


def remove(tx: Tx, who: Identity, binding_id: str) -> dict[str, Any]:
    """Take a binding away. ``DELETE /v1/transports/bindings/{binding_id}``

    Raises:
        GatewayError: 404; 403.
    """
    row = the_row(tx, who, transports.BINDING, "binding_id", binding_id)
    tx.run(transports.DELETE, {"binding_id": binding_id})
    note(tx, who, "transport.unbind", binding_id, row, {"principal_id": row["principal_id"]})
    return {"ok": True, "binding": {"binding_id": binding_id, "removed": True}}
