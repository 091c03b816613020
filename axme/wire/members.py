"""Members and their tokens (contract 3.20 and 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class MemberCalls(WireCalls):
    """The flat calls about members."""

    def list_organization_members(
        self, org_id: str, *, workspace_id: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """The members the caller may see. ``GET /v1/organizations/{org_id}/members``

        Args:
            workspace_id: only members with a role in this workspace.

        Returns:
            ``{"ok": True, "members": […]}``.

        Raises:
            AxmeNotFoundError: there is no such organization.
        """
        return self._call(
            "list_organization_members",
            "GET",
            "/v1/organizations/{}/members",
            org_id,
            query={"workspace_id": workspace_id},
            trace_id=trace_id,
        )

    def add_organization_member(
        self,
        org_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Give somebody a role. ``POST /v1/organizations/{org_id}/members``

        Args:
            payload: ``actor_id``, ``role``, and ``workspace_id`` for a role in one workspace only.

        Returns:
            ``{"ok": True, "member": {…}}``.

        Raises:
            AxmeConflictError: the actor is a member there already.
            AxmePermissionError: the role is above the caller's own.
        """
        return self._call(
            "add_organization_member",
            "POST",
            "/v1/organizations/{}/members",
            org_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def update_organization_member(
        self,
        org_id: str,
        member_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Change a member. ``PATCH /v1/organizations/{org_id}/members/{member_id}``

        Args:
            payload: any of ``role``, ``status``, ``workspace_id``.

        Returns:
            ``{"ok": True, "member": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such member.
            AxmeConflictError: it is the last owner of the organization.
        """
        return self._call(
            "update_organization_member",
            "PATCH",
            "/v1/organizations/{}/members/{}",
            org_id,
            member_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def remove_organization_member(
        self, org_id: str, member_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """End a membership and its tokens. ``DELETE /v1/organizations/{org_id}/members/{member_id}``

        Returns:
            ``{"ok": True, "removed": True, "org_id": …, "member_id": …, "removed_at": …}``.

        Raises:
            AxmeNotFoundError: there is no such member.
            AxmeConflictError: it is the last owner of the organization.
        """
        return self._call(
            "remove_organization_member",
            "DELETE",
            "/v1/organizations/{}/members/{}",
            org_id,
            member_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def create_member_token(
        self,
        org_id: str,
        member_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Make an actor token. ``POST /v1/organizations/{org_id}/members/{member_id}/token``

        Args:
            payload: may be empty, or hold ``ttl_seconds`` (1 to 2592000, by default 3600) and ``workspace_id``.

        Returns:
            ``{"ok": True, "actor_token": {…, "token": "eyJ…"}}``; the token is shown this once.

        Raises:
            AxmeNotFoundError: there is no such member.
            AxmePermissionError: the member's role is above the caller's own.
        """
        return self._call(
            "create_member_token",
            "POST",
            "/v1/organizations/{}/members/{}/token",
            org_id,
            member_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def include_workspace_member(
        self,
        workspace_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Give a member a role in a workspace. ``POST /v1/workspaces/{workspace_id}/members/include``

        Args:
            payload: ``actor_id``, and perhaps ``role``, by default ``member``.

        Returns:
            ``{"ok": True, "member": {…}}``.

        Raises:
            AxmeNotFoundError: no such workspace, or the actor is no member of the organization.
        """
        return self._call(
            "include_workspace_member",
            "POST",
            "/v1/workspaces/{}/members/include",
            workspace_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def exclude_workspace_member(
        self, workspace_id: str, member_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """End a role in a workspace. ``DELETE /v1/workspaces/{workspace_id}/members/{member_id}/exclude``

        Returns:
            ``{"ok": True, "result": {…}}``; the membership in the organization stays.

        Raises:
            AxmeNotFoundError: there is no such member.
        """
        return self._call(
            "exclude_workspace_member",
            "DELETE",
            "/v1/workspaces/{}/members/{}/exclude",
            workspace_id,
            member_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
