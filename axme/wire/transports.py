"""Transport bindings: handles of principals on transports (contract 3.29)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class TransportCalls(WireCalls):
    """The flat calls about transport bindings."""

    def upsert_transport_binding(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Bind a principal to a handle, or change the binding there is. ``POST /v1/transports/bindings``

        Args:
            payload: ``principal_id``, ``transport_type``, ``transport_handle`` (together the key), and perhaps
                ``priority``, ``status``, ``metadata``.

        Returns:
            ``{"ok": True, "binding": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such principal.
        """
        return self._call(
            "upsert_transport_binding",
            "POST",
            "/v1/transports/bindings",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_transport_bindings(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        principal_id: str | None = None,
        limit: int | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Bindings of a principal, a workspace or an organization; of the caller's workspace by default.
        ``GET /v1/transports/bindings``

        Returns:
            ``{"ok": True, "bindings": […]}``.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id, "principal_id": principal_id, "limit": limit}
        return self._call("list_transport_bindings", "GET", "/v1/transports/bindings", query=query, trace_id=trace_id)

    def remove_transport_binding(
        self, binding_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Take a binding away. ``DELETE /v1/transports/bindings/{binding_id}``

        Returns:
            ``{"ok": True, "binding": {"binding_id": …, "removed": True}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call(
            "remove_transport_binding",
            "DELETE",
            "/v1/transports/bindings/{}",
            binding_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
