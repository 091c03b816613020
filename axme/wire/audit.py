"""The audit trail (contract 3.33)."""

from __future__ import annotations

from typing import Any

from axme.wire._base import WireCalls


class AuditCalls(WireCalls):
    """The flat calls about the audit trail."""

    def list_audit_events(
        self,
        *,
        owner_agent: str | None = None,
        action_prefix: str | None = None,
        limit: int | None = None,
        org_id: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """What was changed or refused in an organization. ``GET /v1/audit/events``

        Args:
            owner_agent: only what this agent or person did.
            action_prefix: only actions that begin so, such as ``member.``.
            limit: at most so many, 1 to 1000, by default 100.
            org_id: the organization, by default the caller's own.

        Returns:
            ``{"ok": True, "events": […]}``, the newest first.

        Raises:
            AxmePermissionError: the caller's roles do not allow it.
        """
        return self._call(
            "list_audit_events",
            "GET",
            "/v1/audit/events",
            query={"owner_agent": owner_agent, "action_prefix": action_prefix, "limit": limit, "org_id": org_id},
            trace_id=trace_id,
        )
