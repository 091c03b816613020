"""Members: who has which role where (contract 3.20 and 1.4)."""

from __future__ import annotations

import uuid
from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import DUPLICATE, FORBIDDEN, INVALID_TRANSITION, NOT_FOUND, VALIDATION_ERROR
from axme.contract.member_roles import ORG_OWNER
from axme.gateway.actions import audit, sessions
from axme.gateway.actions.tenants import same_id, the_organization, the_workspace, workspace_of
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.store import topics
from axme.gateway.store.queries import members
from axme.gateway.store.tx import Row, Tx


def list_members(tx: Tx, who: Identity, org_id: str, *, workspace_id: str | None) -> dict[str, Any]:
    """The members the caller may see. ``GET /v1/organizations/{org_id}/members``

    Args:
        workspace_id: only those who have a role in this workspace; an unknown one has none.

    Raises:
        GatewayError: 404.
    """
    organization = the_organization(tx, who, org_id)
    reach = who.reach_in(organization["org_id"])
    rows = tx.run(members.MEMBERS, {"org_id": organization["org_id"]})
    seen = [
        as_sent(row)
        for row in rows
        if (reach is None or row["workspace_id"] in reach) and workspace_id in (None, row["workspace_id"])
    ]
    return {"ok": True, "members": seen}


def add(tx: Tx, who: Identity, org_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Give somebody a role in an organization or workspace. ``POST /v1/organizations/{org_id}/members``

    Raises:
        GatewayError: 404; 403, the role is above the caller's, or the workspace not the caller's; 409; 422.
    """
    organization = the_organization(tx, who, org_id)
    same_id(body, "org_id", organization["org_id"])
    workspace_id = _place(tx, who, organization["org_id"], body.get("workspace_id"))
    row = join(
        tx,
        who,
        organization["org_id"],
        workspace_id,
        body["actor_id"],
        body["role"],
        invited_by=body.get("invited_by_actor_id") or who.actor,
    )
    return {"ok": True, "member": as_sent(row)}


def join(
    tx: Tx, who: Identity, org_id: str, workspace_id: str | None, actor_id: str, role: str, *, invited_by: str
) -> Row:
    """Make somebody a member on behalf of ``who``, who must not be outranked.

    Raises:
        GatewayError: 403; 409; 422.
    """
    check_rank(who, org_id, workspace_id, role)
    if workspace_id and role in roles.OF_THE_ORGANIZATION:
        raise _not_in_a_workspace(role)
    row = insert(tx, org_id, workspace_id, actor_id, role, invited_by=invited_by)
    noted(tx, who, "member.add", row, {"actor_id": actor_id, "role": role})
    return row


def update(tx: Tx, who: Identity, org_id: str, member_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change role, workspace or status. ``PATCH /v1/organizations/{org_id}/members/{member_id}``

    Raises:
        GatewayError: 404; 403, a role above the caller's; 409, the last owner would go; 422.
    """
    row = find(tx, who, org_id, member_id)
    same_id(body, "org_id", row["org_id"])
    same_id(body, "member_id", row["member_id"])
    place = row["workspace_id"]
    if "workspace_id" in body:
        place = _place(tx, who, row["org_id"], body["workspace_id"]) or members.EVERYWHERE
    role: str = body.get("role") or row["role"]
    status: str = body.get("status") or row["status"]
    check_rank(who, row["org_id"], place or None, role)
    if place and role in roles.OF_THE_ORGANIZATION:
        raise _not_in_a_workspace(role)
    if place != row["workspace_id"] and tx.one(members.OF_ACTOR_AT, row | {"workspace_id": place}) is not None:
        raise GatewayError(DUPLICATE, f"{row['actor_id']} is a member there already: remove one of the two")
    changed = _change(tx, row, workspace_id=place, role=role, status=status)
    told = {name: changed[name] for name in ("workspace_id", "role", "status") if changed[name] != row[name]}
    if row["status"] == members.ACTIVE and status != members.ACTIVE:
        sessions.of_member(tx, who, row)
    noted(tx, who, "member.update", changed, told)
    return {"ok": True, "member": as_sent(changed)}


def remove(tx: Tx, who: Identity, org_id: str, member_id: str) -> dict[str, Any]:
    """End a membership and its tokens. ``DELETE /v1/organizations/{org_id}/members/{member_id}``

    Who leaves the organization leaves its workspaces too.

    Raises:
        GatewayError: 404; 403, a role above the caller's; 409, it is the last owner.
    """
    row = find(tx, who, org_id, member_id)
    result = end(tx, who, "member.remove", row)
    if not row["workspace_id"]:
        for other in tx.run(members.OF_ACTOR_IN, row):
            end(tx, who, "member.remove", other)
    told = {name: value for name, value in result.items() if name != "workspace_id"}
    return {"ok": True, **told, "result": result}


def include(tx: Tx, who: Identity, workspace_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Give a member of the organization a role in a workspace. ``POST /v1/workspaces/{workspace_id}/members/include``

    Raises:
        GatewayError: 404, no such workspace, or the actor is no member of the organization; 403; 409.
    """
    workspace = workspace_of(tx, who, workspace_id)
    same_id(body, "org_id", workspace["org_id"])
    if not tx.run(members.OF_ACTOR_IN, {"org_id": workspace["org_id"], "actor_id": body["actor_id"]}):
        raise GatewayError(NOT_FOUND, f"{body['actor_id']} is no member of the organization: add a member first")
    row = join(tx, who, workspace["org_id"], workspace_id, body["actor_id"], body["role"], invited_by=who.actor)
    return {"ok": True, "member": as_sent(row)}


def exclude(tx: Tx, who: Identity, workspace_id: str, member_id: str) -> dict[str, Any]:
    """Take away a role in a workspace. ``DELETE /v1/workspaces/{workspace_id}/members/{member_id}/exclude``

    Args:
        member_id: any membership of the actor in the organization; only the one of the workspace ends.

    Raises:
        GatewayError: 404; 403, a role above the caller's.
    """
    workspace = workspace_of(tx, who, workspace_id)
    known = tx.one(members.MEMBER, {"org_id": workspace["org_id"], "member_id": member_id})
    row = known and tx.one(members.OF_ACTOR_AT, known | {"workspace_id": workspace_id})
    if row is None:
        raise _nobody(member_id)
    check_rank(who, row["org_id"], workspace_id, row["role"])
    return {"ok": True, "result": end(tx, who, "member.exclude", row)}


def find(tx: Tx, who: Identity, org_id: str, member_id: str) -> Row:
    """A member the caller may change or speak for.

    Raises:
        GatewayError: 404; 403, the member's role is above the caller's.
    """
    organization = the_organization(tx, who, org_id)
    row = tx.one(members.MEMBER, {"org_id": organization["org_id"], "member_id": member_id})
    reach = who.reach_in(organization["org_id"])
    if row is None or (reach is not None and row["workspace_id"] not in reach):
        raise _nobody(member_id)
    check_rank(who, row["org_id"], row["workspace_id"] or None, row["role"])
    return row


def check_rank(who: Identity, org_id: str, workspace_id: str | None, role: str) -> None:
    """Nobody gives, takes or uses a role above their own.

    Raises:
        GatewayError: 403.
    """
    if not roles.outranks(who.roles_in(org_id, workspace_id), role):
        raise GatewayError(
            FORBIDDEN, f"operation requires one of roles org_owner, org_admin: {role} is above the caller's own role"
        )


def insert(
    tx: Tx, org_id: str, workspace_id: str | None, actor_id: str, role: str, *, invited_by: str | None = None
) -> Row:
    """A new row; keys and tokens of the actor have the role from the commit on.

    Raises:
        GatewayError: 409 ``duplicate``.
    """
    row: Row = {
        "member_id": str(uuid.uuid4()),
        "org_id": org_id,
        "workspace_id": workspace_id or members.EVERYWHERE,
        "actor_id": actor_id,
        "role": role,
        "status": members.ACTIVE,
        "invited_by_actor_id": invited_by,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    if tx.one(members.INSERT, row) is None:
        raise GatewayError(DUPLICATE, f"{actor_id} is a member there already: update the member to change the role")
    tx.publish(topics.member(row["member_id"]), 0, None)
    return row


def end(tx: Tx, who: Identity, action: str, row: Row) -> dict[str, Any]:
    """End a membership and all that is open by it.

    Raises:
        GatewayError: 409, it is the last owner of the organization.
    """
    _change(tx, row, workspace_id=row["workspace_id"], role=row["role"], status=members.REMOVED)
    sessions.of_member(tx, who, row)
    noted(tx, who, action, row, {"actor_id": row["actor_id"], "role": row["role"]})
    return {
        "removed": True,
        "org_id": row["org_id"],
        "workspace_id": row["workspace_id"] or None,
        "member_id": row["member_id"],
        "removed_at": to_text(tx.now),
    }


def noted(tx: Tx, who: Identity, action: str, row: Row, details: dict[str, Any]) -> None:
    """A change of a membership, in the trail of its organization."""
    org_id, workspace_id = row["org_id"], row["workspace_id"] or None
    audit.record(tx, who, action, row["member_id"], details=details, org_id=org_id, workspace_id=workspace_id)


def as_sent(row: Row) -> dict[str, Any]:
    """A member on the wire."""
    return {
        "member_id": row["member_id"],
        "org_id": row["org_id"],
        "workspace_id": row["workspace_id"] or None,
        "actor_id": row["actor_id"],
        "role": row["role"],
        "status": row["status"],
        "invited_by_actor_id": row["invited_by_actor_id"],
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
    }


def _place(tx: Tx, who: Identity, org_id: str, workspace_id: str | None) -> str | None:
    """The workspace a membership is for; only who has all of the organization may leave it out."""
    if workspace_id:
        found: str = the_workspace(tx, who, org_id, workspace_id)["workspace_id"]
        return found
    if who.reach_in(org_id) is not None:
        raise GatewayError(
            FORBIDDEN,
            "operation requires one of roles org_owner, org_admin: name your own workspace as workspace_id",
        )
    return None


def _change(tx: Tx, row: Row, *, workspace_id: str, role: str, status: str) -> Row:
    stays_owner = role == ORG_OWNER and status == members.ACTIVE
    if row["role"] == ORG_OWNER and row["status"] == members.ACTIVE and not stays_owner:
        owners = tx.run(members.OWNERS, {"org_id": row["org_id"]})
        if len(owners) < 2:
            raise GatewayError(INVALID_TRANSITION, "this is the last owner of the organization: make another one first")
    changed = row | {"workspace_id": workspace_id, "role": role, "status": status, "updated_at": tx.now}
    names = ("workspace_id", "role", "status", "updated_at")
    tx.run(members.UPDATE, {"id": row["member_id"]} | {f"new_{name}": changed[name] for name in names})
    tx.publish(topics.member(row["member_id"]), 0, None)
    return changed


def _nobody(member_id: str) -> GatewayError:
    return GatewayError(NOT_FOUND, f"there is no member {member_id[:64]}: list the members of the organization")


def _not_in_a_workspace(role: str) -> GatewayError:
    return GatewayError(
        VALIDATION_ERROR,
        f"workspace_id: {role} is a role in all of the organization; leave the workspace out",
        details={"field": "workspace_id"},
    )
