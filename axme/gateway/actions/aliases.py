"""Aliases of principals (contract 3.27)."""

from __future__ import annotations

from typing import Any

from axme.contract.codes import DUPLICATE, NOT_FOUND
from axme.gateway.actions.placed import as_sent, list_rows, note, the_principal, the_row
from axme.gateway.actions.tenants import the_workspace
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import aliases
from axme.gateway.store.queries.placed import new_id
from axme.gateway.store.queries.principals import PRINCIPAL
from axme.gateway.store.tables import aliases as table
from axme.gateway.store.tx import Row, Tx


def bind(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Let a name stand for a principal; the same again changes nothing. ``POST /v1/aliases``

    Raises:
        GatewayError: 404, there is no such principal; 403; 409 ``duplicate``, the name stands for another one.
    """
    principal = the_principal(tx, who, body["principal_id"])
    row: Row = {
        "alias_id": new_id("als"),
        "principal_id": principal["principal_id"],
        "org_id": principal["org_id"],
        "workspace_id": principal["workspace_id"],
        "alias": body["alias"],
        "alias_type": body["alias_type"],
        "status": aliases.ACTIVE,
        "metadata": to_json(body["metadata"]),
        "created_at": tx.now,
        "updated_at": tx.now,
        "revoked_at": None,
    }
    if tx.one(aliases.INSERT_IF_FREE, row) is None:
        return {"ok": True, "alias": as_sent(_its_own(tx, row))}
    note(tx, who, "alias.bind", row["alias_id"], row, {"alias": row["alias"], "principal_id": row["principal_id"]})
    return {"ok": True, "alias": as_sent(row)}


def list_aliases(
    tx: Tx,
    who: Identity,
    *,
    org_id: str | None,
    workspace_id: str | None,
    principal_id: str | None,
    status: str | None,
    limit: int,
) -> dict[str, Any]:
    """Aliases of a workspace, an organization or a principal. ``GET /v1/aliases``"""
    rows = list_rows(
        tx,
        who,
        table,
        org_id=org_id,
        workspace_id=workspace_id,
        principal_id=principal_id,
        status=status,
        limit=limit,
    )
    return {"ok": True, "aliases": [as_sent(row) for row in rows]}


def revoke(tx: Tx, who: Identity, alias_id: str) -> dict[str, Any]:
    """End an alias, so that its name is free; a second time changes nothing. ``POST /v1/aliases/{alias_id}/revoke``

    Raises:
        GatewayError: 404; 403.
    """
    row = the_row(tx, who, aliases.ALIAS, "alias_id", alias_id)
    if row["status"] == aliases.ACTIVE:
        tx.run(aliases.REVOKE, {"id": alias_id, "now": tx.now})
        note(tx, who, "alias.revoke", alias_id, row, {"alias": row["alias"]})
        row |= {"status": aliases.REVOKED, "updated_at": tx.now, "revoked_at": tx.now}
    return {"ok": True, "alias": as_sent(row)}


def resolve(tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, alias: str) -> dict[str, Any]:
    """Whom a name stands for. ``GET /v1/aliases/resolve``

    Raises:
        GatewayError: 404, nobody, or there is no such workspace; 403.
    """
    workspace = the_workspace(tx, who, org_id, workspace_id)
    _, principal = resolved(tx, workspace["workspace_id"], alias)
    told = ("principal_id", "principal_type", "display_name", "status")
    return {
        "ok": True,
        "resolution": {"alias": alias, "principal": {name: principal[name] for name in told}},
    }


def resolved(tx: Tx, workspace_id: str, alias: str) -> tuple[Row, Row]:
    """An active alias of a workspace and its principal.

    Raises:
        GatewayError: 404.
    """
    row = tx.one(aliases.ACTIVE_ALIAS, {"workspace_id": workspace_id, "alias": alias})
    if row is None:
        raise GatewayError(NOT_FOUND, f"the alias {alias[:80]!r} stands for nobody in this workspace: bind it first")
    return row, tx.run(PRINCIPAL, {"principal_id": row["principal_id"]})[0]


def _its_own(tx: Tx, wanted: Row) -> Row:
    """The alias the principal has already."""
    taken = tx.run(aliases.ACTIVE_ALIAS, {"workspace_id": wanted["workspace_id"], "alias": wanted["alias"]})[0]
    if taken["principal_id"] != wanted["principal_id"]:
        raise GatewayError(
            DUPLICATE,
            f"the alias {wanted['alias']!r} stands for {taken['principal_id']} already:"
            f" revoke {taken['alias_id']} first, or choose another name",
            details={"alias_id": taken["alias_id"], "principal_id": taken["principal_id"]},
        )
    return taken
