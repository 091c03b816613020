"""Reading the audit trail (contract 3.33)."""

from __future__ import annotations

from typing import Any

from axme.contract.clock import to_text
from axme.gateway.actions.tenants import the_organization
from axme.gateway.auth.identity import Identity
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import audit
from axme.gateway.store.tx import Row, Tx


def list_events(
    tx: Tx, who: Identity, *, org_id: str | None, actors: frozenset[str], action_prefix: str | None, limit: int
) -> dict[str, Any]:
    """What happened in an organization, the newest first. ``GET /v1/audit/events``

    Who administers one workspace sees what happened in it.

    Args:
        actors: only what these addresses or persons did; none means all.
        action_prefix: only actions that begin so, such as ``member.``.

    Raises:
        GatewayError: 404.
    """
    organization = the_organization(tx, who, org_id)
    reach = who.reach_in(organization["org_id"])
    rows = tx.query(
        audit.events(organization["org_id"], workspaces=reach, actors=actors, action_prefix=action_prefix, limit=limit)
    )
    return {"ok": True, "events": [_as_sent(row) for row in rows]}


def _as_sent(row: Row) -> dict[str, Any]:
    return {
        "event_id": str(row["audit_id"]),
        "at": to_text(row["at"]),
        "org_id": row["org_id"],
        "workspace_id": row["workspace_id"] or None,
        "actor": row["actor"],
        "key_id": row["key_id"],
        "request_id": row["request_id"],
        "action": row["action"],
        "target": row["target"],
        "outcome": row["outcome"],
        "details": from_json(row["details"]),
    }
