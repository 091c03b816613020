"""Workspaces of an organization (contract 3.19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class WorkspaceCalls(WireCalls):
    """The flat calls about workspaces."""

    def create_workspace(
        self,
        org_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Create a workspace. ``POST /v1/organizations/{org_id}/workspaces``

        Args:
            payload: ``name``, ``environment`` (``sandbox``, ``staging`` or ``production``), and perhaps ``region``.

        Returns:
            ``{"ok": True, "workspace": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such organization.
            AxmeConflictError: the organization has a workspace of this name.
        """
        return self._call(
            "create_workspace",
            "POST",
            "/v1/organizations/{}/workspaces",
            org_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_workspaces(self, org_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """The workspaces the caller has a role in. ``GET /v1/organizations/{org_id}/workspaces``

        Returns:
            ``{"ok": True, "workspaces": […]}``.

        Raises:
            AxmeNotFoundError: there is no such organization.
        """
        return self._call(
            "list_workspaces",
            "GET",
            "/v1/organizations/{}/workspaces",
            org_id,
            trace_id=trace_id,
        )

    def update_workspace(
        self,
        org_id: str,
        workspace_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Change a workspace. ``PATCH /v1/organizations/{org_id}/workspaces/{workspace_id}``

        Args:
            payload: any of ``name``, ``environment``, ``region``, ``status``.

        Returns:
            ``{"ok": True, "workspace": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such workspace.
            AxmePermissionError: the caller's roles do not allow it.
        """
        return self._call(
            "update_workspace",
            "PATCH",
            "/v1/organizations/{}/workspaces/{}",
            org_id,
            workspace_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
