"""Tokens by which members speak for themselves (contract 1.2)."""

from __future__ import annotations

from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import INVALID_TRANSITION, VALIDATION_ERROR
from axme.gateway.actions import members
from axme.gateway.auth import tokens
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store.queries import tenants
from axme.gateway.store.queries.members import ACTIVE, EVERYWHERE
from axme.gateway.store.tx import Row, Tx


def create(tx: Tx, who: Identity, org_id: str, member_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Make a token that speaks for a member. ``POST /v1/organizations/{org_id}/members/{member_id}/token``

    Raises:
        GatewayError: 404; 403, the member's role is above the caller's; 409, the member is not active; 422.
    """
    row = members.find(tx, who, org_id, member_id)
    if row["status"] != ACTIVE:
        raise GatewayError(INVALID_TRANSITION, f"the member is {row['status']}: make it active before it gets a token")
    workspace_id = _workspace_of(tx, row, body.get("workspace_id"))
    seconds = body["ttl_seconds"]
    token = tokens.issue(tx, row, workspace_id=workspace_id, seconds=seconds)
    members.noted(tx, who, "member.token", row, {"actor_id": row["actor_id"], "ttl_seconds": seconds})
    made = {
        "token": token,
        "token_type": "Bearer",
        "member_id": row["member_id"],
        "actor_id": row["actor_id"],
        "org_id": row["org_id"],
        "workspace_id": workspace_id,
        "expires_at": to_text(tx.now + seconds * 1_000_000),
    }
    return {"ok": True, "actor_token": made}


def _workspace_of(tx: Tx, row: Row, workspace_id: str | None) -> str:
    """The workspace a token is for: the one of the member, else the one asked for, else the organization's first."""
    own = row["workspace_id"]
    open_ones = [
        workspace["workspace_id"]
        for workspace in tx.run(tenants.WORKSPACES, {"org_id": row["org_id"]})
        if workspace["status"] == tenants.ACTIVE
        and own in (EVERYWHERE, workspace["workspace_id"])
        and workspace_id in (None, workspace["workspace_id"])
    ]
    if not open_ones:
        raise GatewayError(
            VALIDATION_ERROR,
            "workspace_id: the member has no such workspace that is active; leave it out, or make one first",
            details={"field": "workspace_id"},
        )
    first: str = open_ones[0]
    return first
