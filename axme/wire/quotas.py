"""What workspaces may use (contract 3.22)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class QuotaCalls(WireCalls):
    """The flat calls about quotas."""

    def get_quota(
        self, *, org_id: str | None = None, workspace_id: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """The quota of a workspace, the caller's own by default. ``GET /v1/quotas``

        Returns:
            ``{"ok": True, "quota_policy": {…, "dimensions": {"intents_per_day": …, …}}}``.

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id}
        return self._call("get_quota", "GET", "/v1/quotas", query=query, trace_id=trace_id)

    def update_quota(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Change what is given of a quota. ``PATCH /v1/quotas``

        Args:
            payload: ``org_id``, ``workspace_id``, and any of ``dimensions`` (some or all of the seven),
                ``soft_threshold_percent``, ``hard_enforcement``, ``overage_mode`` (``block``, ``grace`` or
                ``bill_overage``) and ``updated_by_actor_id``.

        Returns:
            ``{"ok": True, "quota_policy": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such workspace.
            AxmePermissionError: only owners and administrators of the organization may.
        """
        return self._call(
            "update_quota", "PATCH", "/v1/quotas", json=payload, idempotency_key=idempotency_key, trace_id=trace_id
        )
