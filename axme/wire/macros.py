"""Macros: workflows that come with the gateway (contract 3.11)."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls


class MacroCalls(WireCalls):
    """The flat calls about macros."""

    def list_macros(self, *, trace_id: str | None = None) -> dict[str, Any]:
        """The macros a scenario may name in ``workflow.macro_id``. ``GET /v1/tool-registry/macros``

        Returns:
            ``{"ok": True, "macros": [{"macro_id": …, "description": …, "parameters": […], "steps": […]}]}``.

        Raises:
            AxmeError: the call failed.
        """
        return self._call("list_macros", "GET", "/v1/tool-registry/macros", trace_id=trace_id)

    def get_macro(self, macro_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One macro. ``GET /v1/tool-registry/macros/{macro_id}``

        Returns:
            ``{"ok": True, "macro": {"macro_id": …, "description": …, "parameters": […], "steps": […]}}``.

        Raises:
            AxmeNotFoundError: there is none of this id.
        """
        return self._call("get_macro", "GET", "/v1/tool-registry/macros/{}", macro_id, trace_id=trace_id)
