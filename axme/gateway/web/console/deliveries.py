"""Deliveries: what was posted to others, every try, and posting it anew."""

from __future__ import annotations

from axme.contract.schemas.deliveries import DELIVERY_STATUSES
from axme.gateway.web.answers import Typed
from axme.gateway.web.console.room import Room, first, given, showing, taking
from axme.gateway.web.html import Answer
from axme.gateway.web.layer import Page
from axme.gateway.web.payload import shown

_ROWS = 100
_OPEN = frozenset({"submitted", "pending"})


async def show_all(room: Room) -> Answer:
    """The newest deliveries of the workspace."""
    status = room.query.get("status", "")
    query = given(status=status, workspace_id=room.who.workspace_id, org_id=room.who.org_id) | {"limit": _ROWS}
    found = (await room.ask("list_deliveries", query=query))["deliveries"]
    return room.page(
        "deliveries", "Deliveries", deliveries=found, status=status, statuses=DELIVERY_STATUSES, most=_ROWS
    )


async def show(room: Room) -> Answer:
    """One delivery with its tries."""
    delivery = (await room.ask("get_delivery", room.visit.params))["delivery"]
    payload = shown(delivery["payload"]) if delivery.get("payload") else None
    ended = delivery["status"] not in _OPEN
    return room.page("delivery", "Delivery", delivery=delivery, payload=payload, ended=ended)


async def take(room: Room, typed: Typed) -> Answer:
    """Deliver it anew, as a delivery of its own."""
    answer = await room.ask("replay_delivery", room.visit.params, once=first(typed, "once"))
    return room.back(answer["delivery"]["delivery_id"], "replayed")


PAGES = (
    Page(path="/console/deliveries", name="deliveries", show=showing(show_all)),
    Page(path="/console/deliveries/{delivery_id}", name="delivery", show=showing(show), take=taking(take)),
)
