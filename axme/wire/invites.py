"""Invites (contract 3.16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class InviteCalls(WireCalls):
    """The flat calls about invites."""

    def create_invite(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Invite somebody. ``POST /v1/invites/create``

        Args:
            payload: ``owner_agent``, and perhaps ``recipient_hint`` and ``ttl_seconds``.

        Returns:
            ``{"ok": True, "token": …, "invite_url": …, "status": "pending", "expires_at": …, …}``.
        """
        return self._call(
            "create_invite",
            "POST",
            "/v1/invites/create",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def get_invite(self, token: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One invite. ``GET /v1/invites/{token}``

        Raises:
            AxmeNotFoundError: there is none with this token.
        """
        return self._call("get_invite", "GET", "/v1/invites/{}", token, trace_id=trace_id)

    def accept_invite(
        self,
        token: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Accept an invite, which makes a user. ``POST /v1/invites/{token}/accept``

        Args:
            payload: ``nick``, and perhaps ``display_name``.

        Returns:
            ``{"ok": True, "user_id": …, "owner_agent": …, "nick": …, …}``.

        Raises:
            AxmeNotFoundError: there is none with this token.
            AxmeConflictError: it was accepted before, it has expired, or the nick is taken.
        """
        return self._call(
            "accept_invite",
            "POST",
            "/v1/invites/{}/accept",
            token,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
