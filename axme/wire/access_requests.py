"""Access requests (contract 3.21)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class AccessRequestCalls(WireCalls):
    """The flat calls about access requests."""

    def create_access_request(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Ask for an organization, a role or a tier. ``POST /v1/access-requests``

        Args:
            payload: ``request_type`` (``create_organization``, ``join_organization``, ``elevated_role`` or
                ``quota_upgrade``), ``requester_actor_id``, and what is asked for.

        Returns:
            ``{"ok": True, "access_request": {…}}``.

        Raises:
            AxmeValidationError: what this kind of request needs is missing.
        """
        return self._call(
            "create_access_request",
            "POST",
            "/v1/access-requests",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_access_requests(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        state: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """The requests to an organization, the caller's own by default. ``GET /v1/access-requests``

        Args:
            state: only requests in this state, such as ``pending``.

        Returns:
            ``{"ok": True, "access_requests": […]}``, the newest first.
        """
        return self._call(
            "list_access_requests",
            "GET",
            "/v1/access-requests",
            query={"org_id": org_id, "workspace_id": workspace_id, "state": state},
            trace_id=trace_id,
        )

    def get_access_request(self, access_request_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One access request. ``GET /v1/access-requests/{access_request_id}``

        Returns:
            ``{"ok": True, "access_request": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such request.
        """
        return self._call(
            "get_access_request",
            "GET",
            "/v1/access-requests/{}",
            access_request_id,
            trace_id=trace_id,
        )

    def review_access_request(
        self,
        access_request_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Decide. ``POST /v1/access-requests/{access_request_id}/review``

        Args:
            payload: ``decision`` (``approve``, ``reject`` or ``waitlist``), and perhaps ``reviewer_actor_id``,
                ``review_comment``.

        Returns:
            ``{"ok": True, "access_request": {…}}``.

        Raises:
            AxmeAlreadyDecidedError: it is decided, or has expired.
        """
        return self._call(
            "review_access_request",
            "POST",
            "/v1/access-requests/{}/review",
            access_request_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
