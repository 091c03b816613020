"""Webhooks of the workspace's owners: who is told, what was told, every try, and telling it again."""

from __future__ import annotations

from axme.contract.schemas.webhooks import DELIVERY_STATUSES
from axme.gateway.web.answers import Typed
from axme.gateway.web.console.inbox import owners
from axme.gateway.web.console.room import Room, first, given, showing, taking
from axme.gateway.web.html import Answer
from axme.gateway.web.layer import Page
from axme.gateway.web.payload import shown

_ROWS = 100


async def show_all(room: Room) -> Answer:
    """The subscriptions of one owner, and its newest events."""
    owner, status = room.query.get("owner", room.who.address), room.query.get("status", "")
    mine = {"owner_agent": owner}
    found = await room.ask("list_webhook_subscriptions", query=mine | {"include_inactive": "true"})
    events = await room.ask("list_webhook_events", query=mine | given(status=status) | {"limit": _ROWS})
    return room.page(
        "webhooks",
        "Webhooks",
        subscriptions=found["subscriptions"],
        events=events["events"],
        owner=owner,
        owners=await owners(room, owner),
        status=status,
        statuses=DELIVERY_STATUSES,
        most=_ROWS,
    )


async def show(room: Room) -> Answer:
    """One event with its deliveries."""
    owner = room.query.get("owner", room.who.address)
    event = (await room.ask("get_webhook_event", room.visit.params, query={"owner_agent": owner}))["event"]
    return room.page("webhook", event["event_type"], event=event, owner=owner, data=shown(event["data"]))


async def take(room: Room, typed: Typed) -> Answer:
    """Tell it again, to all who want it now."""
    owner, which = first(typed, "owner"), room.visit.params
    await room.ask("replay_webhook_event", which, query={"owner_agent": owner}, once=first(typed, "once"))
    return room.back_to_owner(which["event_id"], "replayed", owner)


PAGES = (
    Page(path="/console/webhooks", name="webhooks", show=showing(show_all)),
    Page(path="/console/webhooks/{event_id}", name="webhook event", show=showing(show), take=taking(take)),
)
