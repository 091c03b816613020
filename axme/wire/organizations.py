"""Organizations (contract 3.18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class OrganizationCalls(WireCalls):
    """The flat calls about organizations."""

    def create_organization(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Create an organization; who asks owns it. ``POST /v1/organizations``

        Args:
            payload: ``name`` (2 to 120 characters), and perhaps ``legal_name``, ``primary_domain``, ``metadata``,
                ``requested_by_actor_id``, who then owns it too.

        Returns:
            ``{"ok": True, "organization": {…}}``.

        Raises:
            AxmeConflictError: another organization has this name's part of addresses.
            AxmePermissionError: the caller's roles do not allow it.
        """
        return self._call(
            "create_organization",
            "POST",
            "/v1/organizations",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def get_organization(self, org_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One organization, with the numbers of its workspaces and members. ``GET /v1/organizations/{org_id}``

        Returns:
            ``{"ok": True, "organization": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such organization.
            AxmePermissionError: the caller's roles do not allow it.
        """
        return self._call(
            "get_organization",
            "GET",
            "/v1/organizations/{}",
            org_id,
            trace_id=trace_id,
        )

    def update_organization(
        self,
        org_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Change what is given of an organization. ``PATCH /v1/organizations/{org_id}``

        Args:
            payload: any of ``name``, ``legal_name``, ``primary_domain``, ``status``, ``metadata``.

        Returns:
            ``{"ok": True, "organization": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such organization.
            AxmePermissionError: the caller's roles do not allow it.
        """
        return self._call(
            "update_organization",
            "PATCH",
            "/v1/organizations/{}",
            org_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
