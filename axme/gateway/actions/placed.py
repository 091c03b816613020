"""What belongs to a workspace, as those see it who have a role there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable, Table

from axme.contract.clock import to_text
from axme.contract.codes import NOT_FOUND
from axme.gateway.actions import audit
from axme.gateway.actions.tenants import visible_part
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import placed
from axme.gateway.store.queries.principals import PRINCIPAL
from axme.gateway.store.tx import Row, Tx

_OBJECTS = frozenset({"metadata", "payload"})


def the_row(tx: Tx, who: Identity, statement: Executable, name: str, found_by: str) -> Row:
    """The row of an id, if it exists for the caller.

    Args:
        statement: selects it by a parameter called ``name``.
        name: the name of the id, such as ``route_id``.
        found_by: the id.

    Raises:
        GatewayError: 404, the same for another tenant's and a missing one; 403, no role there allows the operation.
    """
    row = tx.one(statement, {name: found_by})
    held = who.roles_in(row["org_id"], row["workspace_id"]) if row is not None else frozenset[str]()
    if row is None or not held:
        what = name.removesuffix("_id").replace("_", " ")
        raise GatewayError(NOT_FOUND, f"there is no {what} {found_by[:64]}: check the id, and whose key this is")
    roles.require(held, who.may)
    return row


def the_principal(tx: Tx, who: Identity, principal_id: str) -> Row:
    """The principal of an id; refusals as of :func:`the_row`."""
    return the_row(tx, who, PRINCIPAL, "principal_id", principal_id)


def list_rows(
    tx: Tx,
    who: Identity,
    table: Table,
    *,
    org_id: str | None,
    workspace_id: str | None,
    limit: int,
    principal_id: str | None = None,
    status: str | None = None,
    newest_first: bool = False,
) -> list[Row]:
    """What a list is about: the workspace that is named, else all the caller may see of the organization, else its own.

    Nothing at all where the caller has no role. A principal alone says where it is.
    """
    if principal_id and not org_id:
        principal = tx.one(PRINCIPAL, {"principal_id": principal_id})
        if principal is None:
            return []
        org_id, workspace_id = principal["org_id"], workspace_id or principal["workspace_id"]
    part = visible_part(tx, who, org_id, workspace_id)
    if part is None:
        return []
    equal = {name: value for name, value in (("principal_id", principal_id), ("status", status)) if value}
    return placed.rows_of(
        tx,
        table,
        org_id=part.org_id,
        workspaces=part.workspaces,
        equal=equal,
        limit=limit,
        newest_first=newest_first,
    )


def note(tx: Tx, who: Identity, action: str, target: str, row: Row, details: dict[str, Any]) -> None:
    """Have a change of ``row`` in the audit trail of where it belongs."""
    audit.record(tx, who, action, target, details=details, org_id=row["org_id"], workspace_id=row["workspace_id"])


def as_sent(row: Row) -> dict[str, Any]:
    """A row on the wire: moments as text, objects as JSON."""
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> Any:
    if name in _OBJECTS:
        return from_json(value)
    return to_text(value) if value is not None and name.endswith("_at") else value
