"""Who the caller is."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls


class MeCalls(WireCalls):
    """The flat calls about the caller."""

    def get_me(self, *, trace_id: str | None = None) -> dict[str, Any]:
        """Whose key or token this is, where it belongs, and its roles there. ``GET /v1/me``

        Returns:
            ``{"ok": True, "me": {"address": …, "org_id": …, "workspace_id": …, "roles": […], …}}``.
        """
        return self._call(
            "get_me",
            "GET",
            "/v1/me",
            trace_id=trace_id,
        )
