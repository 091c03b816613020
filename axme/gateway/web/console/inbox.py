"""Inboxes of the workspace's agents: threads, and replies to them."""

from __future__ import annotations

from axme.gateway.web.answers import Typed
from axme.gateway.web.console.room import Room, first, given, showing, taking
from axme.gateway.web.html import Answer
from axme.gateway.web.layer import Page
from axme.gateway.web.payload import shown


async def show_all(room: Room) -> Answer:
    """The threads of one owner, the last changed first."""
    owner = room.query.get("owner", room.who.address)
    query = given(owner_agent=owner, status=room.query.get("status", ""))
    return room.page(
        "inbox",
        "Inbox",
        threads=(await room.ask("list_inbox", query=query))["threads"],
        owner=owner,
        owners=await owners(room, owner),
        status=room.query.get("status", ""),
    )


async def show(room: Room) -> Answer:
    """One thread."""
    owner = room.query.get("owner", room.who.address)
    thread = (await room.ask("get_inbox_thread", room.visit.params, query={"owner_agent": owner}))["thread"]
    timeline = [entry | {"told": shown(entry["details"]) if entry["details"] else None} for entry in thread["timeline"]]
    return room.page("thread", "Thread", thread=thread, timeline=timeline, owner=owner)


async def take(room: Room, typed: Typed) -> Answer:
    """Reply, or mark it as read."""
    owner, which = {"owner_agent": first(typed, "owner")}, room.visit.params
    if first(typed, "do") == "read":
        await room.ask("mark_inbox_thread_read", which, query=owner)
        return room.back_to_owner(which["thread_id"], "read", owner["owner_agent"])
    once = first(typed, "once")
    await room.ask("reply_inbox_thread", which, query=owner, body={"message": first(typed, "message")}, once=once)
    return room.back_to_owner(which["thread_id"], "replied", owner["owner_agent"])


async def owners(room: Room, chosen: str) -> list[str]:
    """Whose things one may look at: the agents of the workspace, and who was asked for."""
    agents = (await room.ask("list_mesh_agents", query={"limit": 1000}))["agents"]
    return sorted({chosen, room.who.address, *(agent["address"] for agent in agents)})


PAGES = (
    Page(path="/console/inbox", name="inbox", show=showing(show_all)),
    Page(path="/console/inbox/{thread_id}", name="thread", show=showing(show), take=taking(take)),
)
