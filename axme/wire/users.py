"""Users and their nicks (contract 3.15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class UserCalls(WireCalls):
    """The flat calls about users."""

    def register_nick(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Make a user with a nick. ``POST /v1/users/register-nick``

        Args:
            payload: ``nick``, and perhaps ``display_name``, ``phone``, ``email``.

        Returns:
            ``{"ok": True, "user_id": …, "owner_agent": "agent://user/…", "nick": "@ada", …}``.

        Raises:
            AxmeConflictError: the nick is taken.
        """
        return self._on_users("register_nick", "register-nick", payload, idempotency_key, trace_id)

    def check_nick(self, nick: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """Whether a nick can be had. ``GET /v1/users/check-nick``

        Returns:
            ``{"ok": True, "available": …, "nick": "@ada", "normalized_nick": "ada", "public_address": "ada@ax"}``.
        """
        return self._call("check_nick", "GET", "/v1/users/check-nick", query={"nick": nick}, trace_id=trace_id)

    def resolve_nick(self, nick: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """Who is behind a nick in the caller's organization. ``GET /v1/users/resolve-nick``

        Returns:
            ``{"ok": True, "resolved": …, "owner_agent": …, "display_name": …, …}``.
        """
        return self._call("resolve_nick", "GET", "/v1/users/resolve-nick", query={"nick": nick}, trace_id=trace_id)

    def rename_nick(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Give a user another nick. ``POST /v1/users/rename-nick``

        Args:
            payload: ``owner_agent`` and ``nick``, and perhaps ``display_name``, ``phone``, ``email``.

        Raises:
            AxmeNotFoundError: there is no such user.
            AxmeConflictError: the nick is taken.
        """
        return self._on_users("rename_nick", "rename-nick", payload, idempotency_key, trace_id)

    def get_user_profile(self, owner_agent: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One user. ``GET /v1/users/profile``

        Args:
            owner_agent: the user's own address, ``agent://user/…``.

        Raises:
            AxmeNotFoundError: there is no such user.
        """
        query = {"owner_agent": owner_agent}
        return self._call("get_user_profile", "GET", "/v1/users/profile", query=query, trace_id=trace_id)

    def update_user_profile(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Change what is known of a user. ``POST /v1/users/profile/update``

        Args:
            payload: ``owner_agent``, and what changes: ``nick``, ``display_name``, ``phone``, ``email``.

        Raises:
            AxmeNotFoundError: there is no such user.
            AxmeConflictError: the nick is taken.
        """
        return self._on_users("update_user_profile", "profile/update", payload, idempotency_key, trace_id)

    def _on_users(
        self, operation: str, verb: str, body: Mapping[str, Any], idempotency_key: str | None, trace_id: str | None
    ) -> dict[str, Any]:
        return self._call(
            operation, "POST", f"/v1/users/{verb}", json=body, idempotency_key=idempotency_key, trace_id=trace_id
        )
