"""Looking after many deliveries at once (contract 3.30)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from axme.contract.clock import to_text
from axme.contract.schemas.deliveries import DELIVERY_STATUSES
from axme.gateway.actions import dispatch
from axme.gateway.actions.placed import note
from axme.gateway.actions.tenants import the_organization, the_workspace
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.store.queries import deliveries, outside, pushes
from axme.gateway.store.tx import Tx

_HOUR = 3600 * SECOND


def operations(
    tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, window_hours: int
) -> dict[str, Any]:
    """How the deliveries made in the last hours fared. ``GET /v1/deliveries-operations``

    Raises:
        GatewayError: 404, there is no such organization or workspace; 403.
    """
    org, inside = _place(tx, who, org_id, workspace_id)
    since = tx.now - window_hours * _HOUR
    by_status, by_transport = Counter(dict.fromkeys(DELIVERY_STATUSES, 0)), Counter[str]()
    for row in deliveries.counts(tx, org_id=org, workspaces=inside, since=since):
        by_status[row["status"]] += row["count"]
        by_transport[row["transport_type"]] += row["count"]
    oldest = deliveries.oldest_open(tx, org_id=org, workspaces=inside)
    return {
        "ok": True,
        "org_id": org,
        "workspace_id": next(iter(inside)) if inside is not None and len(inside) == 1 else None,
        "window_hours": window_hours,
        "window_start": to_text(since),
        "total": by_status.total(),
        "by_status": dict(by_status),
        "by_transport": dict(by_transport),
        "oldest_open_at": None if oldest is None else to_text(oldest),
    }


def reconcile(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """End deliveries that are open, and to which nothing has happened for long. ``POST /v1/deliveries/reconcile``

    Raises:
        GatewayError: 404, there is no such organization or workspace; 403.
    """
    org, inside = _place(tx, who, body.get("org_id"), body.get("workspace_id"))
    target = body["target_status"]
    reason = body.get("reason") or f"nothing happened to it for {body['max_pending_age_seconds']} seconds"
    rows = deliveries.stale(
        tx,
        org_id=org,
        workspaces=inside,
        before=tx.now - body["max_pending_age_seconds"] * SECOND,
        limit=body["limit"],
    )
    for row in rows:
        for kind in (dispatch.KIND, pushes.KIND):
            tx.run(outside.CALL_OFF, {"job_id": outside.job_id(kind, row["delivery_id"])})
        why = None if target == deliveries.DELIVERED else reason
        dispatch.store(tx, row | {"status": target, "error_detail": why, "next_attempt_at": None})
        note(tx, who, "delivery.reconcile", row["delivery_id"], row, {"status": target, "reason": reason})
    return {
        "ok": True,
        "target_status": target,
        "reconciled": len(rows),
        "delivery_ids": [row["delivery_id"] for row in rows],
    }


def _place(tx: Tx, who: Identity, org_id: str | None, workspace_id: str | None) -> tuple[str, frozenset[str] | None]:
    """The organization and the workspaces meant: the one that is named, else all the caller may see of it."""
    if org_id and not workspace_id:
        found: str = the_organization(tx, who, org_id)["org_id"]
        return found, who.reach_in(found)
    workspace = the_workspace(tx, who, org_id, workspace_id)
    return workspace["org_id"], frozenset({workspace["workspace_id"]})
