"""Agents: how they are, when they were last heard of, and the switch that stops one."""

from __future__ import annotations

from axme.contract.mesh import Health
from axme.gateway.web.answers import Typed
from axme.gateway.web.console.room import Room, first, given, showing, taking
from axme.gateway.web.html import Answer
from axme.gateway.web.layer import Page
from axme.gateway.web.payload import shown
from axme.gateway.web.words import name

_SWITCH = {"kill": ("kill_mesh_agent", "killed"), "resume": ("resume_mesh_agent", "resumed")}


async def show_all(room: Room) -> Answer:
    """The agents of the workspace."""
    health = room.query.get("health", "")
    found = await room.ask("list_mesh_agents", query=given(health=health) | {"limit": 1000, "window": "week"})
    counts = [(word.value, found["summary"][word.value]) for word in Health]
    return room.page(
        "agents", "Agents", agents=found["agents"], counts=counts, total=found["summary"]["total"], health=health
    )


async def show(room: Room) -> Answer:
    """One agent."""
    found = await room.ask("get_mesh_agent", room.visit.params, query={"window": "month"})
    agent = found["agent"]
    events = [event | {"told": shown(event["details"]) if event["details"] else None} for event in found["events"]]
    own = agent["address"] == room.who.address
    return room.page("agent", agent["display_name"] or name(agent["address"]), agent=agent, events=events, own=own)


async def take(room: Room, typed: Typed) -> Answer:
    """Stop it, or let it go on."""
    switch, note = _SWITCH["kill" if first(typed, "do") == "kill" else "resume"]
    await room.ask(switch, room.visit.params)
    return room.back(room.visit.params["address_id"], note)


PAGES = (
    Page(path="/console/agents", name="agents", show=showing(show_all)),
    Page(path="/console/agents/{address_id}", name="agent", show=showing(show), take=taking(take)),
)
