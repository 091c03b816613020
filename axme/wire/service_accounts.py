"""Service accounts and their keys (contract 3.25)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class ServiceAccountCalls(WireCalls):
    """The flat calls about service accounts."""

    def create_service_account(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Create a machine identity and the agent address it owns. ``POST /v1/service-accounts``

        Args:
            payload: ``name``, and perhaps ``org_id``, ``workspace_id``, ``display_name``, ``description``.

        Returns:
            ``{"ok": True, "service_account": {…}}``.

        Raises:
            AxmeConflictError: the name is taken; ``error.body["service_account"]`` is the account that has it.
        """
        return self._call(
            "create_service_account",
            "POST",
            "/v1/service-accounts",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_service_accounts(
        self, *, org_id: str | None = None, workspace_id: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """The service accounts of a workspace, the caller's own by default. ``GET /v1/service-accounts``

        Returns:
            ``{"ok": True, "service_accounts": […]}``.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id}
        return self._call("list_service_accounts", "GET", "/v1/service-accounts", query=query, trace_id=trace_id)

    def get_service_account(self, service_account_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One service account. ``GET /v1/service-accounts/{service_account_id}``

        Returns:
            ``{"ok": True, "service_account": {…}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call(
            "get_service_account", "GET", "/v1/service-accounts/{}", service_account_id, trace_id=trace_id
        )

    def delete_service_account(
        self, service_account_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Delete a service account and revoke all its keys. ``DELETE /v1/service-accounts/{service_account_id}``

        Returns:
            ``{"ok": True, "service_account_id": …, "deleted": True}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call(
            "delete_service_account",
            "DELETE",
            "/v1/service-accounts/{}",
            service_account_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_service_account_keys(self, service_account_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """The keys of a service account, without their secrets. ``GET /v1/service-accounts/{service_account_id}/keys``

        Returns:
            ``{"ok": True, "keys": […]}``, the revoked included.

        Raises:
            AxmeNotFoundError: there is no such service account.
        """
        return self._call(
            "list_service_account_keys", "GET", "/v1/service-accounts/{}/keys", service_account_id, trace_id=trace_id
        )

    def create_service_account_key(
        self,
        service_account_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Make a key of a service account. ``POST /v1/service-accounts/{service_account_id}/keys``

        Args:
            payload: may be empty, or hold ``expires_at`` (RFC 3339) and ``created_by_actor_id``.

        Returns:
            ``{"ok": True, "key": {…, "token": "axme_sa_…"}}``; the token is shown this once.

        Raises:
            AxmeNotFoundError: there is no such service account.
        """
        return self._call(
            "create_service_account_key",
            "POST",
            "/v1/service-accounts/{}/keys",
            service_account_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def revoke_service_account_key(
        self,
        service_account_id: str,
        key_id: str,
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Revoke a key at once. ``POST /v1/service-accounts/{service_account_id}/keys/{key_id}/revoke``

        Returns:
            ``{"ok": True, "key": {…, "status": "revoked"}}``.

        Raises:
            AxmeNotFoundError: there is no such key.
        """
        return self._call(
            "revoke_service_account_key",
            "POST",
            "/v1/service-accounts/{}/keys/{}/revoke",
            service_account_id,
            key_id,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
