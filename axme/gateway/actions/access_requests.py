"""Access requests: asked by anybody, decided by who administers the organization (contract 3.21)."""

from __future__ import annotations

import uuid
from typing import Any

from axme.contract.clock import to_micros, to_text
from axme.contract.codes import ALREADY_DECIDED, NOT_FOUND, VALIDATION_ERROR
from axme.contract.member_roles import MEMBER
from axme.contract.schemas.access_requests import (
    CREATE_ORGANIZATION,
    DECISIONS,
    ELEVATED_ROLE,
    JOIN_ORGANIZATION,
)
from axme.gateway.actions import audit, members, organizations
from axme.gateway.actions.tenants import the_workspace, visible_part
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.store.queries import access_requests as queries
from axme.gateway.store.queries import accounts
from axme.gateway.store.queries import members as member_queries
from axme.gateway.store.tx import Row, Tx

_PENDING = "pending"
_APPROVED = "approved"
_EXPIRED = "expired"
_FINAL = frozenset({_APPROVED, "rejected", _EXPIRED})
_GIVEN = ("org_id", "workspace_id", "requested_role", "requested_tier", "company_name", "justification")


def create(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Ask for something. ``POST /v1/access-requests``

    The answer tells nothing about the organization that is named: it may be another one's.

    Raises:
        GatewayError: 422, what the kind of request needs is missing.
    """
    _check(body)
    expires = body.get("expires_at")
    row: Row = {name: body.get(name) for name in _GIVEN} | {
        "access_request_id": str(uuid.uuid4()),
        "home_org_id": who.org_id,
        "request_type": body["request_type"],
        "state": _PENDING,
        "requester_actor_id": body.get("requester_actor_id") or who.actor,
        "reviewer_actor_id": None,
        "review_comment": None,
        "reviewed_at": None,
        "expires_at": None if expires is None else to_micros(expires),
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    tx.run(queries.INSERT, row)
    audit.record(tx, who, "access_request.create", row["access_request_id"], details={"type": row["request_type"]})
    return {"ok": True, "access_request": _as_sent(tx, row)}


def list_requests(
    tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, state: str | None
) -> dict[str, Any]:
    """The requests to an organization, the caller's own if none is named. ``GET /v1/access-requests``

    An organization or workspace the caller has nothing to do with has no requests.
    """
    part = visible_part(tx, who, org_id or who.org_id, None)
    if part is None:
        return {"ok": True, "access_requests": []}
    rows = [_as_sent(tx, row) for row in tx.run(queries.TO_ORGANIZATION, {"org_id": part.org_id})]
    return {
        "ok": True,
        "access_requests": [
            row for row in rows if workspace_id in (None, row["workspace_id"]) and state in (None, row["state"])
        ],
    }


def get(tx: Tx, who: Identity, access_request_id: str) -> dict[str, Any]:
    """One request. ``GET /v1/access-requests/{access_request_id}``

    Raises:
        GatewayError: 404.
    """
    return {"ok": True, "access_request": _as_sent(tx, _find(tx, who, access_request_id))}


def review(tx: Tx, who: Identity, access_request_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Decide. An approval gives what was asked for. ``POST /v1/access-requests/{access_request_id}/review``

    Raises:
        GatewayError: 404; 403, what is asked for is above the caller's own role; 409, decided or expired already, or
            what is asked for cannot be given any more.
    """
    row = _find(tx, who, access_request_id)
    state = _state(tx, row)
    if state in _FINAL:
        raise GatewayError(
            ALREADY_DECIDED, f"the access request is {state} already", details={"access_request_id": access_request_id}
        )
    changed = row | {
        "state": DECISIONS[body["decision"]],
        "reviewer_actor_id": body.get("reviewer_actor_id") or who.actor,
        "review_comment": body.get("review_comment"),
        "reviewed_at": tx.now,
        "updated_at": tx.now,
    }
    if changed["state"] == _APPROVED:
        _give(tx, who, row)
    tx.run(queries.REVIEW, {"id": access_request_id} | {f"new_{name}": changed[name] for name in queries.REVIEWED})
    org_id = row["org_id"] or row["home_org_id"]
    audit.record(
        tx, who, "access_request.review", access_request_id, details={"state": changed["state"]}, org_id=org_id
    )
    return {"ok": True, "access_request": _as_sent(tx, changed)}


def _give(tx: Tx, who: Identity, row: Row) -> None:
    """What an approval is good for; a tier is for those who keep the quotas to give."""
    match row["request_type"]:
        case kind if kind == CREATE_ORGANIZATION:
            roles.require(who.roles_in(row["home_org_id"]), roles.ORGANIZATION_CREATE)
            organizations.found(tx, who, {"name": row["company_name"]}, owners=[who.actor, row["requester_actor_id"]])
        case kind if kind in (JOIN_ORGANIZATION, ELEVATED_ROLE):
            _give_role(tx, who, row)


def _give_role(tx: Tx, who: Identity, row: Row) -> None:
    """Give the role that was asked for; who has a higher one keeps it."""
    role = row["requested_role"] or MEMBER
    workspace_id = None
    if row["workspace_id"] and role not in roles.OF_THE_ORGANIZATION:
        workspace_id = the_workspace(tx, who, row["org_id"], row["workspace_id"])["workspace_id"]
    _write_down_role_of_key(tx, who, row)
    place = {"org_id": row["org_id"], "workspace_id": workspace_id or "", "actor_id": row["requester_actor_id"]}
    member = tx.one(member_queries.OF_ACTOR_AT, place)
    if member is None:
        members.join(tx, who, row["org_id"], workspace_id, row["requester_actor_id"], role, invited_by=who.actor)
    elif member["status"] != member_queries.ACTIVE or not roles.outranks(frozenset({member["role"]}), role):
        members.update(tx, who, row["org_id"], member["member_id"], {"role": role, "status": member_queries.ACTIVE})


def _write_down_role_of_key(tx: Tx, who: Identity, row: Row) -> None:
    """A key without any membership administers its workspace; its first membership must not take that away."""
    org_id, actor = row["org_id"], row["requester_actor_id"]
    account = tx.one(accounts.ACCOUNT, {"service_account_id": actor})
    if account is None or account["org_id"] != org_id:
        return
    if tx.run(member_queries.OF_ACTOR_IN, {"org_id": org_id, "actor_id": actor}):
        return
    for role in roles.OF_A_KEY:
        members.join(tx, who, org_id, account["workspace_id"], actor, role, invited_by=who.actor)


def _check(body: dict[str, Any]) -> None:
    needs = {
        CREATE_ORGANIZATION: ("company_name",),
        JOIN_ORGANIZATION: ("org_id",),
        ELEVATED_ROLE: ("org_id", "requested_role"),
    }
    for name in needs.get(body["request_type"], ()):
        if not body.get(name):
            raise GatewayError(
                VALIDATION_ERROR, f"{name}: a request to {body['request_type']} needs it", details={"field": name}
            )


def _find(tx: Tx, who: Identity, access_request_id: str) -> Row:
    row = tx.one(queries.REQUEST, {"access_request_id": access_request_id})
    if row is None or not who.roles_in(row["org_id"] or row["home_org_id"]):
        raise GatewayError(NOT_FOUND, f"there is no access request {access_request_id[:64]}: list those there are")
    roles.require(who.roles_in(row["org_id"] or row["home_org_id"]), who.may)
    return row


def _state(tx: Tx, row: Row) -> str:
    over = row["expires_at"] is not None and row["expires_at"] <= tx.now
    state: str = row["state"]
    return _EXPIRED if over and state not in _FINAL else state


def _as_sent(tx: Tx, row: Row) -> dict[str, Any]:
    moments = {name: row[name] and to_text(row[name]) for name in ("reviewed_at", "expires_at")}
    return {
        "access_request_id": row["access_request_id"],
        "request_type": row["request_type"],
        "state": _state(tx, row),
        "requester_actor_id": row["requester_actor_id"],
        **{name: row[name] for name in _GIVEN},
        "reviewer_actor_id": row["reviewer_actor_id"],
        "review_comment": row["review_comment"],
        **moments,
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
    }
