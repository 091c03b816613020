"""Scenarios (contract 3.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class ScenarioCalls(WireCalls):
    """The flat calls about scenarios."""

    def apply_scenario(
        self, bundle: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Make the agents of a bundle that are missing, and begin its first step. ``POST /v1/scenarios/apply``

        Args:
            bundle: ``scenario_id``, ``agents``, ``humans``, ``workflow.steps`` and ``intent``.

        Returns:
            ``{"intent_id": …, "status": "WAITING", "pending_with": …, "agents": […], "agents_provisioned": […], …}``.

        Raises:
            AxmeValidationError: the bundle cannot be run; all that is wrong is said.
        """
        return self._call(
            "apply_scenario",
            "POST",
            "/v1/scenarios/apply",
            json=bundle,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def validate_scenario(self, bundle: Mapping[str, Any], *, trace_id: str | None = None) -> dict[str, Any]:
        """Say what is wrong with a bundle, and change nothing. ``POST /v1/scenarios/validate``

        Returns:
            ``{"ok": True, "valid": …, "errors": […], "warnings": […]}``.
        """
        return self._call("validate_scenario", "POST", "/v1/scenarios/validate", json=bundle, trace_id=trace_id)
