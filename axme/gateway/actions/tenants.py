"""Which organizations and workspaces exist for a caller, and what its roles allow there (contract 1.4).

Without any role in an organization, it does not exist; and what an operation is for is decided by the roles in the
very organization or workspace that is named.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from axme.contract.codes import BAD_REQUEST, FORBIDDEN, NOT_FOUND, VALIDATION_ERROR
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.store.queries import tenants
from axme.gateway.store.tx import Row, Tx


def the_organization(tx: Tx, who: Identity, org_id: str | None) -> Row:
    """The organization of an id or slug, the caller's own if ``None``.

    Raises:
        GatewayError: 404, the same for another tenant's and a missing one; 403, no role there allows the operation.
    """
    row = _visible(tx, who, org_id)
    roles.require(who.roles_in(row["org_id"]), who.may)
    return row


def the_workspace(tx: Tx, who: Identity, org_id: str | None, workspace_id: str | None) -> Row:
    """The workspace of an id or slug in an organization; without either, the caller's own.

    Raises:
        GatewayError: 404, the same for another tenant's and a missing one; 403, no role there allows the operation.
    """
    organization = _visible(tx, who, org_id)
    sought = workspace_id or (who.workspace_id if organization["org_id"] == who.org_id else "")
    if not sought:
        raise GatewayError(
            VALIDATION_ERROR,
            f"workspace_id: name a workspace of the organization {organization['slug']}: your own is in another one",
            details={"field": "workspace_id"},
        )
    row = tx.one(tenants.WORKSPACE, {"org_id": organization["org_id"], "sought": sought})
    if row is None:
        raise no_workspace(sought)
    held = who.roles_in(organization["org_id"], row["workspace_id"])
    if not held:
        raise GatewayError(
            FORBIDDEN,
            "operation requires one of roles org_owner, org_admin: workspace_id does not match target workspace_id",
        )
    roles.require(held, who.may)
    return row


class Part(NamedTuple):
    """What a caller sees of an organization; ``None`` is all of it."""

    org_id: str
    workspaces: frozenset[str] | None


def visible_part(tx: Tx, who: Identity, org_id: str | None, workspace_id: str | None) -> Part | None:
    """What a list is about: the workspace that is named, else all the caller may see of the organization, else its own.

    Where the caller has no role, lists are empty: ``None``.

    Raises:
        GatewayError: 403, the caller's roles there do not allow the operation.
    """
    organization = tx.one(tenants.ORGANIZATION, {"sought": org_id or who.org_id})
    if organization is None or not who.roles_in(organization["org_id"]):
        return None
    found: str = organization["org_id"]
    if org_id and not workspace_id:
        roles.require(who.roles_in(found), who.may)
        return Part(found, who.reach_in(found))
    workspace = tx.one(tenants.WORKSPACE, {"org_id": found, "sought": workspace_id or who.workspace_id})
    held = frozenset[str]() if workspace is None else who.roles_in(found, workspace["workspace_id"])
    if workspace is None or not held:
        return None
    roles.require(held, who.may)
    return Part(found, frozenset({workspace["workspace_id"]}))


def workspace_of(tx: Tx, who: Identity, workspace_id: str) -> Row:
    """:func:`the_workspace` where only the workspace is named."""
    row = tx.one(tenants.WORKSPACE_BY_ID, {"workspace_id": workspace_id})
    if row is None or not who.roles_in(row["org_id"]):
        raise no_workspace(workspace_id)
    return the_workspace(tx, who, row["org_id"], workspace_id)


def same_id(body: dict[str, Any], name: str, meant: str) -> None:
    """An id that stands in the path may stand in the body too, and must then be the same (contract 5.1, C22).

    Raises:
        GatewayError: 400.
    """
    if body.get(name) not in (None, meant):
        raise GatewayError(BAD_REQUEST, f"the path names another {name} than the body: leave it out of the body")


def no_organization(org_id: str) -> GatewayError:
    """There is none, as far as the caller may know."""
    return GatewayError(NOT_FOUND, f"there is no organization {org_id[:64]}: check the id, and whose key this is")


def no_workspace(workspace_id: str) -> GatewayError:
    """There is none, as far as the caller may know."""
    return GatewayError(NOT_FOUND, f"there is no workspace {workspace_id[:64]}: list those of the organization")


def _visible(tx: Tx, who: Identity, org_id: str | None) -> Row:
    sought = org_id or who.org_id
    row = tx.one(tenants.ORGANIZATION, {"sought": sought})
    if row is None or not who.roles_in(row["org_id"]):
        raise no_organization(sought)
    return row
