"""Whether the gateway is well (contract 3.1)."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls

HEALTH = "/health"


class HealthCalls(WireCalls):
    """The flat calls about health."""

    def health(self, *, trace_id: str | None = None) -> dict[str, Any]:
        """Ask the gateway whether it is well. ``GET /health``

        Returns:
            ``{"ok": True, "service": …}``.

        Raises:
            AxmeError: it is not well, or not there.
        """
        return self._call("health", "GET", HEALTH, trace_id=trace_id)
