"""The mesh: heartbeats, health, kill and resume (contract 3.31)."""

from __future__ import annotations

from axme.contract.mesh import WINDOWS, Health, MeshEventType
from axme.contract.schemas import mesh as schemas
from axme.gateway.actions import mesh
from axme.gateway.policy import roles
from axme.gateway.routes.agents import address_of
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import LIMIT, Text, Whole
from axme.gateway.store import Tx

_ONE = "/v1/mesh/agents/{address_id:path}"
_AGENT_LIMIT = Whole(name="limit", about="How many at most.", low=1, high=1000, default=100)
_WINDOW = Text(name="window", about="The days that metrics are of; the last by default.", choices=tuple(WINDOWS))


def heartbeat(tx: Tx, asked: Asked) -> Body:
    """The agent of the key lives."""
    return mesh.heartbeat(tx, asked.who, asked.body)


def list_agents(tx: Tx, asked: Asked) -> Body:
    """The agents of the workspace."""
    query = asked.query
    return mesh.list_agents(
        tx, asked.who, limit=query["limit"], health_status=query["health"], window=query["window"] or "day"
    )


def get(tx: Tx, asked: Asked) -> Body:
    """One agent."""
    return mesh.get(tx, asked.who, _which(asked), window=asked.query["window"] or "day")


def kill(tx: Tx, asked: Asked) -> Body:
    """Stop one agent."""
    return mesh.kill(tx, asked.who, _which(asked))


def resume(tx: Tx, asked: Asked) -> Body:
    """Let one agent go on."""
    return mesh.resume(tx, asked.who, _which(asked))


def list_events(tx: Tx, asked: Asked) -> Body:
    """What happened."""
    return mesh.list_events(tx, asked.who, limit=asked.query["limit"], event_type=asked.query["event_type"])


def _which(asked: Asked) -> str:
    """The id of the path, or an address in its place."""
    text = asked.params["address_id"]
    return text if text.startswith("addr_") else address_of(asked, "address_id")


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/v1/mesh/heartbeat",
        name="mesh_heartbeat",
        about="Say that the key's agent lives, and perhaps what it did since the last time.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(heartbeat),
        body=schemas.Heartbeat,
        answer=schemas.HeartbeatAnswer,
    ),
    Operation(
        methods=("GET",),
        path="/v1/mesh/agents",
        name="list_mesh_agents",
        about="List the agents of the workspace with their health.",
        access=Access.MACHINE,
        may=roles.MESH_READ,
        action=Reads(list_agents),
        query=(
            _AGENT_LIMIT,
            Text(name="health", about="Only those that are so.", choices=tuple(word.value for word in Health)),
            _WINDOW,
        ),
        answer=schemas.MeshAgentList,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/kill",
        name="kill_mesh_agent",
        about="Stop all intents to and from an agent at once.",
        access=Access.TENANT,
        may=roles.MESH_SWITCH,
        action=Writes(kill),
        answer=schemas.MeshAgentAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/resume",
        name="resume_mesh_agent",
        about="Let a killed agent send and receive again.",
        access=Access.TENANT,
        may=roles.MESH_SWITCH,
        action=Writes(resume),
        answer=schemas.MeshAgentAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_ONE,
        name="get_mesh_agent",
        about="Read one agent with its metrics and newest events.",
        access=Access.TENANT,
        may=roles.MESH_READ,
        action=Reads(get),
        query=(_WINDOW,),
        answer=schemas.MeshAgentAnswer,
    ),
    Operation(
        methods=("GET",),
        path="/v1/mesh/events",
        name="list_mesh_events",
        about="List what happened to the agents of the workspace, the newest first.",
        access=Access.MACHINE,
        may=roles.MESH_READ,
        action=Reads(list_events),
        query=(
            LIMIT,
            Text(name="event_type", about="Only such.", choices=tuple(word.value for word in MeshEventType)),
        ),
        answer=schemas.MeshEventList,
    ),
)
