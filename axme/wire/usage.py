"""What workspaces have used (contract 3.23)."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls


class UsageCalls(WireCalls):
    """The flat calls about usage. The workspace is the caller's own by default."""

    def get_usage_summary(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        window: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """What was used in a calendar window, in UTC. ``GET /v1/usage/summary``

        Args:
            window: ``day`` (the default), ``week`` or ``month``.

        Returns:
            ``{"ok": True, "summary": {…, "dimensions": {name: {"used": …, "limit": …, "remaining": …}}}}``.

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id, "window": window}
        return self._call("get_usage_summary", "GET", "/v1/usage/summary", query=query, trace_id=trace_id)

    def get_usage_timeseries(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        window_days: int | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """What was used on each day, the oldest first. ``GET /v1/usage/timeseries``

        Args:
            window_days: how many days, 1 to 90, today included; 30 by default.

        Returns:
            ``{"ok": True, "series": {…, "points": [{"at": …, "dimensions": {…}}]}}``.

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id, "window_days": window_days}
        return self._call("get_usage_timeseries", "GET", "/v1/usage/timeseries", query=query, trace_id=trace_id)

    def rollup_usage_daily(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        window_days: int | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Roll up closed days now instead of in the night. ``POST /v1/usage/rollups/daily``

        Args:
            window_days: how many days back, 1 to 90; 30 by default.

        Returns:
            ``{"ok": True, "rollup": {…, "days_rolled_up": …}}``.

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id, "window_days": window_days}
        return self._call(
            "rollup_usage_daily",
            "POST",
            "/v1/usage/rollups/daily",
            query=query,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
