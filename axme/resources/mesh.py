"""Agents as the mesh sees them (contract 3.31)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.contract.clock import SystemClock
from axme.contract.mesh import Health, MeshEventType
from axme.display.text import age, table
from axme.mesh import MeshClient
from axme.resources.base import Record, Resource
from axme.resources.collections import Page, page
from axme.resources.fields import field, optional
from axme.wire import FlatCalls
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
    _COLUMNS = ("display_name", "health", "last_heartbeat_at", "intents_period", "cost_period", "killed_at")

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


class MeshAgents(Page[MeshAgent]):
    """Agents with their health; ``print()`` shows a table, ``summary`` how many there are of each."""

    __slots__ = ("summary",)

    def __init__(self, answer: Mapping[str, Any], agents: Page[MeshAgent]) -> None:
        super().__init__(agents, what="agents of the mesh", kind=MeshAgent)
        self.summary: dict[str, int] = dict(answer.get("summary") or {})

    def __str__(self) -> str:
        now = SystemClock().now()
        rows = [
            (
                agent.address,
                agent.health.value,
                age(None if agent.last_heartbeat_at is None else now - agent.last_heartbeat_at),
                agent.intents_period,
                float(agent.cost_period or 0),
            )
            for agent in self
        ]
        return table(["agent", "health", "last heartbeat", "intents", "cost in $"], rows)


class Mesh(MeshClient):
    """``client.mesh``: the agents of the workspace and what happened to them, and the heartbeat of one's own."""

    def __init__(self, client: FlatCalls) -> None:
        super().__init__(client)
        self._api = client

    def agents(self, *, health: Health | str | None = None, window: str = "day", limit: int = 100) -> MeshAgents:
        """The agents of the workspace and how they are. ``GET /v1/mesh/agents``

        Args:
            health: only those that are so.
            window: what intents and cost are counted over: ``day``, ``week`` or ``month``.

        Example:
            >>> print(client.mesh.agents())  # doctest: +SKIP
        """
        wanted = None if health is None else str(health)
        answer = self.list_agents(limit=limit, health=wanted, window=window)
        found = page(
            answer, "agents", lambda raw: MeshAgent._from(self._api, raw), kind=MeshAgent, what="agents", limit=limit
        )
        return MeshAgents(answer, found)

    def events(self, *, event_type: MeshEventType | str | None = None, limit: int = 50) -> Page[MeshEvent]:
        """What happened to the agents of the workspace, the newest first. ``GET /v1/mesh/events``"""
        answer = self.list_events(limit=limit, event_type=None if event_type is None else str(event_type))
        return page(answer, "events", MeshEvent, what="events of the mesh", limit=limit)
