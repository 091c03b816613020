"""Principals (contract 3.26)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class PrincipalCalls(WireCalls):
    """The flat calls about principals."""

    def create_principal(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Create a party that can be reached by aliases and routes. ``POST /v1/principals``

        Args:
            payload: ``principal_type`` (``user``, ``service_agent`` or ``service_account``), and perhaps
                ``display_name``, ``metadata``, ``org_id``, ``workspace_id``.

        Returns:
            ``{"ok": True, "principal": {…}}``.
        """
        return self._call(
            "create_principal",
            "POST",
            "/v1/principals",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def get_principal(self, principal_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One principal. ``GET /v1/principals/{principal_id}``

        Returns:
            ``{"ok": True, "principal": {…}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call("get_principal", "GET", "/v1/principals/{}", principal_id, trace_id=trace_id)
