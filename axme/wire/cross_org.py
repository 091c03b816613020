"""Receive policies, receive overrides and send policies (contract 3.7 to 3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls

_RECEIVE = "/v1/organizations/{}/receive-policy"
_OVERRIDE = "/v1/agents/{}/receive-override"
_SEND = "/v1/agents/{}/policy"


class CrossOrgCalls(WireCalls):
    """The flat calls about who may send to whom."""

    def get_receive_policy(self, org_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """What an organization takes from others. ``GET /v1/organizations/{org_id}/receive-policy``

        Returns:
            ``{"ok": True, "policy": {"org_id": …, "mode": "closed", "entries": […], "allowlist": […], …}, …}``.
        """
        return self._call("get_receive_policy", "GET", _RECEIVE, org_id, trace_id=trace_id)

    def set_receive_policy(
        self,
        org_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Set what an organization takes from others. ``PUT /v1/organizations/{org_id}/receive-policy``

        Args:
            payload: ``mode`` (or ``policy_type``): ``open``, ``allowlist`` or ``closed``; and perhaps ``allowlist``:
                organizations or patterns, which replace those there were.

        Raises:
            AxmePermissionError: the caller does not administer the organization.
        """
        return self._change("set_receive_policy", "PUT", _RECEIVE, org_id, payload, idempotency_key, trace_id)

    def add_receive_policy_entry(
        self,
        org_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Name one more sender. ``POST /v1/organizations/{org_id}/receive-policy/entries``

        Args:
            payload: ``{"sender_pattern": "agent://partner/*"}``; also ``agent://org/workspace/*``, an address, ``*``,
                or the name or id of an organization.

        Returns:
            ``{"ok": True, "entry": {"entry_id": …, …}, "policy": {…}, …}``.

        Raises:
            AxmeConflictError: it is named already.
        """
        path = f"{_RECEIVE}/entries"
        return self._change("add_receive_policy_entry", "POST", path, org_id, payload, idempotency_key, trace_id)

    def remove_receive_policy_entry(
        self, org_id: str, entry_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Name a sender no longer. ``DELETE /v1/organizations/{org_id}/receive-policy/entries/{entry_id}``

        Returns:
            ``{"ok": True, "entry_id": …, "removed": True, "policy": {…}, …}``.
        """
        return self._remove("remove_receive_policy_entry", _RECEIVE, org_id, entry_id, idempotency_key, trace_id)

    def get_receive_override(self, address: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """What an agent takes from other organizations. ``GET /v1/agents/{address}/receive-override``

        Returns:
            ``{"ok": True, "override": {"address": …, "override_type": "use_org_default", "entries": […]}, …}``.
        """
        return self._call("get_receive_override", "GET", _OVERRIDE, address, trace_id=trace_id)

    def set_receive_override(
        self,
        address: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Set what an agent takes from other organizations. ``PUT /v1/agents/{address}/receive-override``

        Args:
            payload: ``override_type``: ``open``, ``allowlist``, ``closed`` or ``use_org_default``; or ``allow`` or
                ``deny`` with ``source_org_id``, for one organization.
        """
        return self._change("set_receive_override", "PUT", _OVERRIDE, address, payload, idempotency_key, trace_id)

    def add_receive_override_entry(
        self,
        address: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Name one more sender. ``POST /v1/agents/{address}/receive-override/entries``

        Args:
            payload: as of :meth:`add_receive_policy_entry`.

        Raises:
            AxmeConflictError: it is named already.
        """
        path = f"{_OVERRIDE}/entries"
        return self._change("add_receive_override_entry", "POST", path, address, payload, idempotency_key, trace_id)

    def remove_receive_override_entry(
        self, address: str, entry_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Name a sender no longer. ``DELETE /v1/agents/{address}/receive-override/entries/{entry_id}``"""
        return self._remove("remove_receive_override_entry", _OVERRIDE, address, entry_id, idempotency_key, trace_id)

    def get_agent_policy(self, address: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """Which senders an agent takes intents from. ``GET /v1/agents/{address}/policy``

        Returns:
            ``{"ok": True, "policy": {"address": …, "policy_type": "open", "entries": […]}}``.
        """
        return self._call("get_agent_policy", "GET", _SEND, address, trace_id=trace_id)

    def set_agent_policy(
        self,
        address: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Set which senders an agent takes intents from. ``PUT /v1/agents/{address}/policy``

        Args:
            payload: ``policy_type`` (or ``mode``): ``open``, ``allowlist`` or ``denylist``.
        """
        return self._change("set_agent_policy", "PUT", _SEND, address, payload, idempotency_key, trace_id)

    def add_agent_policy_entry(
        self,
        address: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Name one more sender. ``POST /v1/agents/{address}/policy/entries``

        Args:
            payload: as of :meth:`add_receive_policy_entry`.

        Raises:
            AxmeConflictError: it is named already.
        """
        path = f"{_SEND}/entries"
        return self._change("add_agent_policy_entry", "POST", path, address, payload, idempotency_key, trace_id)

    def remove_agent_policy_entry(
        self, address: str, entry_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Name a sender no longer. ``DELETE /v1/agents/{address}/policy/entries/{entry_id}``"""
        return self._remove("remove_agent_policy_entry", _SEND, address, entry_id, idempotency_key, trace_id)

    def _change(
        self,
        operation: str,
        method: str,
        template: str,
        subject: str,
        body: Mapping[str, Any],
        idempotency_key: str | None,
        trace_id: str | None,
    ) -> dict[str, Any]:
        return self._call(
            operation, method, template, subject, json=body, idempotency_key=idempotency_key, trace_id=trace_id
        )

    def _remove(
        self,
        operation: str,
        template: str,
        subject: str,
        entry_id: str,
        idempotency_key: str | None,
        trace_id: str | None,
    ) -> dict[str, Any]:
        path = f"{template}/entries/{{}}"
        return self._call(
            operation, "DELETE", path, subject, entry_id, idempotency_key=idempotency_key, trace_id=trace_id
        )
