"""What a gateway can do (contract 3.14)."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls


class CapabilityCalls(WireCalls):
    """The flat calls about capabilities."""

    def get_capabilities(self, *, trace_id: str | None = None) -> dict[str, Any]:
        """What the gateway can do. ``GET /v1/capabilities``

        Returns:
            ``{"ok": True, "capabilities": […], "supported_intent_types": […]}``.

        Raises:
            AxmeError: the call failed.
        """
        return self._call("get_capabilities", "GET", "/v1/capabilities", trace_id=trace_id)
