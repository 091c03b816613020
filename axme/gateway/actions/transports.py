"""Transport bindings of principals (contract 3.29)."""

from __future__ import annotations

from typing import Any

from axme.contract import signing
from axme.contract.codes import VALIDATION_ERROR
from axme.gateway.actions.placed import as_sent, list_rows, note, the_principal, the_row
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import ssrf
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import pushes, transports
from axme.gateway.store.queries.placed import new_id
from axme.gateway.store.tables import transport_bindings as table
from axme.gateway.store.tx import Row, Tx

_SECRETS = frozenset({"secret", "old_secret", "old_secret_until"})


def upsert(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Bind a principal to a handle, or change the binding that is there. ``POST /v1/transports/bindings``

    Raises:
        GatewayError: 404, there is no such principal; 403; 422, nothing can be posted to this URL.
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
        "secret": signing.new_secret() if _is_posted_to(body) else None,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    binding_id = tx.run(transports.UPSERT, row)[0]["binding_id"]
    stored = tx.run(transports.BINDING, {"binding_id": binding_id})[0]
    note(tx, who, "transport.bind", binding_id, row, {"principal_id": row["principal_id"]})
    made = {"secret": row["secret"]} if row["secret"] and binding_id == row["binding_id"] else {}
    return {"ok": True, "binding": _shown(stored) | made}


def list_bindings(
    tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, principal_id: str | None, limit: int
) -> dict[str, Any]:
    """Bindings of a workspace, an organization or a principal. ``GET /v1/transports/bindings``"""
    rows = list_rows(tx, who, table, org_id=org_id, workspace_id=workspace_id, principal_id=principal_id, limit=limit)
    return {"ok": True, "bindings": [_shown(row) for row in rows]}


def remove(tx: Tx, who: Identity, binding_id: str) -> dict[str, Any]:
    """Take a binding away. ``DELETE /v1/transports/bindings/{binding_id}``

    Raises:
        GatewayError: 404; 403.
    """
    row = the_row(tx, who, transports.BINDING, "binding_id", binding_id)
    tx.run(transports.DELETE, {"binding_id": binding_id})
    note(tx, who, "transport.unbind", binding_id, row, {"principal_id": row["principal_id"]})
    return {"ok": True, "binding": {"binding_id": binding_id, "removed": True}}


def _is_posted_to(body: dict[str, Any]) -> bool:
    """Whether the handle is a URL that intents can be posted to."""
    handle: str = body["transport_handle"]
    if body["transport_type"] not in pushes.POSTED or "://" not in handle:
        return False
    try:
        ssrf.parse(handle)
    except ssrf.TargetError as error:
        why = f"transport_handle: {error}"
        raise GatewayError(VALIDATION_ERROR, why, details={"field": "transport_handle"}) from None
    return True


def _shown(row: Row) -> dict[str, Any]:
    return as_sent({name: value for name, value in row.items() if name not in _SECRETS})
