"""The mesh (contract 3.31): its flat calls stand together at ``client.mesh``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.transport import ABSENT, Call, quoted_path
from axme.wire._base import WireCalls


class MeshCalls:
    """The flat calls about the mesh, over one client."""

    def __init__(self, client: WireCalls) -> None:
        self._client = client

    def list_agents(
        self, *, limit: int = 100, health: str | None = None, window: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """The agents of the workspace. ``GET /v1/mesh/agents``

        Args:
            health: only those that are ``healthy``, ``degraded``, ``unreachable``, ``killed`` or ``unknown``.
            window: the time metrics are of: ``day`` (the default), ``week`` or ``month``.

        Returns:
            ``{"ok": True, "agents": […], "summary": {"total": …, "healthy": …, …}}``.
        """
        query = {"limit": limit, "health": health, "window": window}
        return self._client._call("mesh.list_agents", "GET", "/v1/mesh/agents", query=query, trace_id=trace_id)

    def get_agent(self, address_id: str, *, window: str | None = None, trace_id: str | None = None) -> dict[str, Any]:
        """One agent with its metrics and newest events. ``GET /v1/mesh/agents/{address_id}``

        Args:
            address_id: ``addr_…``, or the agent's address.
            window: as of :meth:`list_agents`.

        Raises:
            AxmeNotFoundError: there is none.
        """
        path, query = "/v1/mesh/agents/{}", {"window": window}
        return self._client._call("mesh.get_agent", "GET", path, address_id, query=query, trace_id=trace_id)

    def kill(self, address_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """Stop all intents to and from an agent, at once. ``POST /v1/mesh/agents/{address_id}/kill``

        It is sent once and not retried.

        Args:
            address_id: ``addr_…``, or the agent's address.

        Returns:
            ``{"ok": True, "agent": {…}}``.
        """
        return self._switch("mesh.kill", "/v1/mesh/agents/{}/kill", address_id, trace_id)

    def resume(self, address_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """Let a killed agent go on. ``POST /v1/mesh/agents/{address_id}/resume``; sent once, and not retried."""
        return self._switch("mesh.resume", "/v1/mesh/agents/{}/resume", address_id, trace_id)

    def list_events(
        self, *, limit: int = 50, event_type: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """What happened to the agents of the workspace, the newest first. ``GET /v1/mesh/events``

        Args:
            event_type: only ``agent.killed``, ``agent.resumed`` or ``agent.health_changed``.
        """
        query = {"limit": limit, "event_type": event_type}
        return self._client._call("mesh.list_events", "GET", "/v1/mesh/events", query=query, trace_id=trace_id)

    def _heartbeat(
        self, metrics: Mapping[str, Any] | None, idempotency_key: str | None, trace_id: str | None
    ) -> dict[str, Any]:
        """Say that the key's agent lives. ``POST /v1/mesh/heartbeat``"""
        body = {} if metrics is None else {"metrics": dict(metrics)}
        return self._client._call(
            "mesh.heartbeat",
            "POST",
            "/v1/mesh/heartbeat",
            json=body or ABSENT,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def _switch(self, operation: str, template: str, address_id: str, trace_id: str | None) -> dict[str, Any]:
        call = Call(
            method="POST",
            path=quoted_path(template, address_id),
            operation=operation,
            trace_id=trace_id,
            retryable=False,
        )
        return self._client._send(call)
