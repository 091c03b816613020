"""Agents as the mesh sees them (contract 3.31)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.contract.mesh import Health, MeshEventType
from axme.resources.base import Record, Resource
from axme.resources.fields import field, optional
from axme.wire.mesh import MeshCalls

if TYPE_CHECKING:
    from marshmallow import Schema


class MeshEvent(Record):
    """Something that happened to an agent: killed, resumed, or its health changed."""

    __slots__ = ()

    event_id = field("event_id", str)
    address = field("address", str)
    event_type = field("event_type", MeshEventType)
    details = optional("details", dict[str, Any])
    actor_id = optional("actor_id", str)
    created_at = field("created_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.mesh import MeshEvent as Shape

        return Shape

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("event_type"), self._seen("address"))))


class MeshAgent(Resource):
    """An agent's health, and the switch that stops it. ``agent.mesh``"""

    __slots__ = ()
    _ID = "address"
    _KEY = "agent"

    address_id = field("address_id", str)
    display_name = optional("display_name", str)
    health = field("health_status", Health)
    last_heartbeat_at = optional("last_heartbeat_at", datetime)
    killed_at = optional("killed_at", datetime)
    created_at = field("created_at", datetime)
    intents_period = optional("intents_period", int)
    cost_period = optional("cost_period", float)
    metrics = optional("metrics", dict[str, Any])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.mesh import MeshAgent as Shape

        return Shape

    @property
    def address(self) -> str:
        """``agent://org/workspace/name``; in a handle, what the handle was made from."""
        return self.id

    def kill(self) -> Self:
        """Stop all intents to and from it, at once; its streams end. ``POST /v1/mesh/agents/{address_id}/kill``"""
        return self._absorb(self._mesh.kill(self.id))

    def resume(self) -> Self:
        """Let it send and receive again. ``POST /v1/mesh/agents/{address_id}/resume``"""
        return self._absorb(self._mesh.resume(self.id))

    def events(self) -> list[MeshEvent]:
        """What happened to it of late, the newest first. ``GET /v1/mesh/agents/{address_id}``"""
        answer = self._fetch()
        self._absorb(answer)
        return [MeshEvent(event) for event in answer.get("events") or ()]

    @property
    def _mesh(self) -> MeshCalls:
        return MeshCalls(self._api)

    def _fetch(self) -> dict[str, Any]:
        return self._mesh.get_agent(self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self.id, self._seen("health_status"))))
