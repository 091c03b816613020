"""Routes: where principals are reached (contract 3.28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class RoutingCalls(WireCalls):
    """The flat calls about routes."""

    def register_routing_endpoint(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Give a principal an endpoint. ``POST /v1/routing/endpoints``

        Args:
            payload: ``principal_id``, ``transport_type`` (``http``, ``webhook``, ``queue`` or ``matrix``),
                ``endpoint_url``, ``auth_mode``, and perhaps ``priority`` (1 to 10000, the lowest is taken),
                ``failover_policy``, ``region``, ``cluster_id``, ``metadata``.

        Returns:
            ``{"ok": True, "route": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such principal.
            AxmeValidationError: the URL cannot be posted to.
        """
        return self._call(
            "register_routing_endpoint",
            "POST",
            "/v1/routing/endpoints",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_routing_endpoints(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        principal_id: str | None = None,
        limit: int | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Routes of a principal, a workspace or an organization; of the caller's workspace by default.
        ``GET /v1/routing/endpoints``

        Returns:
            ``{"ok": True, "routes": […]}``.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id, "principal_id": principal_id, "limit": limit}
        return self._call("list_routing_endpoints", "GET", "/v1/routing/endpoints", query=query, trace_id=trace_id)

    def update_routing_endpoint(
        self,
        route_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Change what is given of a route. ``PATCH /v1/routing/endpoints/{route_id}``

        Args:
            payload: any of ``endpoint_url``, ``auth_mode``, ``region``, ``cluster_id``, ``failover_policy``,
                ``priority``, ``health_status``, ``status``, ``metadata``.

        Returns:
            ``{"ok": True, "route": {…}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call(
            "update_routing_endpoint",
            "PATCH",
            "/v1/routing/endpoints/{}",
            route_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def remove_routing_endpoint(
        self, route_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Take an endpoint away. ``DELETE /v1/routing/endpoints/{route_id}``

        Returns:
            ``{"ok": True, "route": {"route_id": …, "removed": True}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call(
            "remove_routing_endpoint",
            "DELETE",
            "/v1/routing/endpoints/{}",
            route_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def resolve_routing(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Which route a delivery would take: active, healthiest, lowest priority number. ``POST /v1/routing/resolve``

        Args:
            payload: ``alias`` or ``principal_id``, and perhaps ``org_id``, ``workspace_id``.

        Returns:
            ``{"ok": True, "resolution": {"alias", "principal", "selected_route", "candidate_routes", …}}``.

        Raises:
            AxmeNotFoundError: no such alias or principal, or it has no active route.
        """
        return self._call(
            "resolve_routing",
            "POST",
            "/v1/routing/resolve",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
