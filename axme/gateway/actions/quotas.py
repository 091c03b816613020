"""The quota of a workspace (contract 3.22)."""

from __future__ import annotations

import uuid
from typing import Any

from axme.contract.clock import to_text
from axme.contract.metering import DEFAULT_LIMITS, DEFAULT_SOFT_PERCENT, Dimension, OverageMode
from axme.gateway.actions import audit
from axme.gateway.actions.tenants import the_workspace
from axme.gateway.auth.identity import Identity
from axme.gateway.policy.quotas import beyond, limit
from axme.gateway.store.queries import quotas
from axme.gateway.store.tx import Row, Tx


def get(tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None) -> dict[str, Any]:
    """The quota of a workspace, the house's own if none was set. ``GET /v1/quotas``

    Raises:
        GatewayError: 404; 403.
    """
    workspace = the_workspace(tx, who, org_id, workspace_id)
    return _answer(workspace, *_load(tx, workspace))


def update(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Change what is given; the rest stays. ``PATCH /v1/quotas``

    Args:
        tx: the transaction.
        who: the caller.
        body: as :class:`~axme.contract.schemas.quotas.QuotaUpdate` loads it.

    Raises:
        GatewayError: 404; 403.
    """
    workspace = the_workspace(tx, who, body.get("org_id"), body.get("workspace_id"))
    policy, ceilings = _load(tx, workspace)
    changed = policy | {name: body[name] for name in ("soft_threshold_percent", "overage_mode") if name in body}
    changed["hard_enforcement"] = int(
        body["hard_enforcement"] if "hard_enforcement" in body else policy["hard_enforcement"]
    )
    changed |= {"updated_by_actor_id": body.get("updated_by_actor_id") or who.actor, "updated_at": tx.now}
    tx.run(quotas.SAVE_POLICY, changed)
    raised = ceilings | {Dimension(name): ceiling for name, ceiling in body["dimensions"].items()}
    _save_limits(tx, changed, raised)
    asked = ("dimensions", "soft_threshold_percent", "hard_enforcement", "overage_mode")
    audit.record(
        tx,
        who,
        "quota.update",
        policy["quota_policy_id"],
        details={name: body[name] for name in asked if name in body},
        org_id=workspace["org_id"],
        workspace_id=workspace["workspace_id"],
    )
    return _answer(workspace, changed, raised)


def _load(tx: Tx, workspace: Row) -> tuple[Row, dict[Dimension, int]]:
    key = {"workspace_id": workspace["workspace_id"]}
    policy = tx.one(quotas.POLICY, key) or _unset(workspace)
    set_limits = {Dimension(row["dimension"]): row["ceiling"] for row in tx.run(quotas.LIMITS, key)}
    return policy, DEFAULT_LIMITS | set_limits


def _unset(workspace: Row) -> Row:
    # Its id follows from the workspace, so that it is the same before and after the first change.
    return {
        "workspace_id": workspace["workspace_id"],
        "quota_policy_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"quota:{workspace['workspace_id']}")),
        "soft_threshold_percent": DEFAULT_SOFT_PERCENT,
        "hard_enforcement": 1,
        "overage_mode": OverageMode.BLOCK.value,
        "updated_by_actor_id": None,
        "updated_at": workspace["created_at"],
    }


def _save_limits(tx: Tx, policy: Row, ceilings: dict[Dimension, int]) -> None:
    follows = beyond(OverageMode(policy["overage_mode"]), hard=bool(policy["hard_enforcement"]))
    limits = {name: limit(ceiling, policy["soft_threshold_percent"], follows) for name, ceiling in ceilings.items()}
    rows = [
        {
            "workspace_id": policy["workspace_id"],
            "dimension": name.value,
            "ceiling": made.ceiling,
            "soft": made.soft,
            "beyond": made.beyond.value,
        }
        for name, made in limits.items()
    ]
    tx.run_many(quotas.SAVE_LIMIT, rows)


def _answer(workspace: Row, policy: Row, ceilings: dict[Dimension, int]) -> dict[str, Any]:
    return {
        "ok": True,
        "quota_policy": {
            "quota_policy_id": policy["quota_policy_id"],
            "org_id": workspace["org_id"],
            "workspace_id": workspace["workspace_id"],
            "dimensions": {name.value: ceilings[name] for name in Dimension},
            "soft_threshold_percent": policy["soft_threshold_percent"],
            "hard_enforcement": bool(policy["hard_enforcement"]),
            "overage_mode": policy["overage_mode"],
            "updated_by_actor_id": policy["updated_by_actor_id"],
            "updated_at": to_text(policy["updated_at"]),
        },
    }
