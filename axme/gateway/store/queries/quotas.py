"""Quota policies and their limits."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from axme.gateway.store.tables import quota_limits, quota_policies

POLICY = select(quota_policies).where(quota_policies.c.workspace_id == bindparam("workspace_id"))
LIMITS = select(quota_limits).where(quota_limits.c.workspace_id == bindparam("workspace_id"))
LIMIT = LIMITS.where(quota_limits.c.dimension == bindparam("dimension"))
SAVE_POLICY = text(
    "INSERT INTO quota_policies (workspace_id, quota_policy_id, soft_threshold_percent, hard_enforcement, overage_mode,"
    " updated_by_actor_id, updated_at) VALUES (:workspace_id, :quota_policy_id, :soft_threshold_percent,"
    " :hard_enforcement, :overage_mode, :updated_by_actor_id, :updated_at)"
    " ON CONFLICT (workspace_id) DO UPDATE SET soft_threshold_percent = excluded.soft_threshold_percent,"
    " hard_enforcement = excluded.hard_enforcement, overage_mode = excluded.overage_mode,"
    " updated_by_actor_id = excluded.updated_by_actor_id, updated_at = excluded.updated_at"
)
SAVE_LIMIT = text(
    "INSERT INTO quota_limits (workspace_id, dimension, ceiling, soft, beyond)"
    " VALUES (:workspace_id, :dimension, :ceiling, :soft, :beyond)"
    " ON CONFLICT (workspace_id, dimension) DO UPDATE"
    " SET ceiling = excluded.ceiling, soft = excluded.soft, beyond = excluded.beyond"
)
