"""Deliveries: payloads on their way to principals (contract 3.30)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class DeliveryCalls(WireCalls):
    """The flat calls about deliveries."""

    def submit_delivery(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Send a payload to an alias or principal. ``POST /v1/deliveries``

        Args:
            payload: ``payload`` (an object), ``alias`` or ``principal_id``, and perhaps ``correlation_id``,
                ``org_id``, ``workspace_id``.

        Returns:
            ``{"ok": True, "delivery": {…}}``.

        Raises:
            AxmeNotFoundError: no such alias or principal, or it has no active route.
        """
        return self._call(
            "submit_delivery",
            "POST",
            "/v1/deliveries",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_deliveries(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        principal_id: str | None = None,
        status: str | None = None,
        limit: int | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Deliveries of a principal, a workspace or an organization, the newest first. ``GET /v1/deliveries``

        Returns:
            ``{"ok": True, "deliveries": […]}``.
        """
        query = {
            "org_id": org_id,
            "workspace_id": workspace_id,
            "principal_id": principal_id,
            "status": status,
            "limit": limit,
        }
        return self._call("list_deliveries", "GET", "/v1/deliveries", query=query, trace_id=trace_id)

    def get_delivery(self, delivery_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One delivery with its tries. ``GET /v1/deliveries/{delivery_id}``

        Returns:
            ``{"ok": True, "delivery": {…, "attempts": […]}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call("get_delivery", "GET", "/v1/deliveries/{}", delivery_id, trace_id=trace_id)

    def replay_delivery(
        self, delivery_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Deliver the payload of an ended delivery anew, by the route that is best now.
        ``POST /v1/deliveries/{delivery_id}/replay``

        Returns:
            ``{"ok": True, "delivery": {…}}``, a delivery of its own.

        Raises:
            AxmeNotFoundError: there is none with this id.
            AxmeConflictError: it has not ended yet.
        """
        return self._call(
            "replay_delivery",
            "POST",
            "/v1/deliveries/{}/replay",
            delivery_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def acknowledge_delivery(
        self, delivery_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Say that a delivery was taken out of its queue; an operation of this gateway's own.
        ``POST /v1/deliveries/{delivery_id}/acknowledge``

        Returns:
            ``{"ok": True, "delivery": {…}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
            AxmeConflictError: it is not in a queue, or has ended otherwise.
        """
        return self._call(
            "acknowledge_delivery",
            "POST",
            "/v1/deliveries/{}/acknowledge",
            delivery_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def get_delivery_operations(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        window_hours: int | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """How the deliveries of the last hours fared, 24 by default. ``GET /v1/deliveries-operations``

        Returns:
            ``{"ok": True, "total": …, "by_status": {…}, "by_transport": {…}, "oldest_open_at": …}``.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id, "window_hours": window_hours}
        return self._call("get_delivery_operations", "GET", "/v1/deliveries-operations", query=query, trace_id=trace_id)

    def reconcile_deliveries(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """End deliveries that are open, and to which nothing has happened for long. ``POST /v1/deliveries/reconcile``

        Args:
            payload: any of ``max_pending_age_seconds`` (300), ``limit`` (500), ``target_status`` (``dead_lettered`` or
                ``delivered``), ``reason``, ``org_id``, ``workspace_id``.

        Returns:
            ``{"ok": True, "reconciled": …, "delivery_ids": […]}``.
        """
        return self._call(
            "reconcile_deliveries",
            "POST",
            "/v1/deliveries/reconcile",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
