"""Holding the answer to a create until its intent has ended. An extension; ``intents.run`` in the capabilities."""

from __future__ import annotations

import asyncio
from time import monotonic

from axme.contract import jsontext
from axme.gateway.actions import intents
from axme.gateway.delivery.broadcaster import EndWaiter
from axme.gateway.routes.operation import Asked
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.store import topics


async def hold(services: Services, request: Request, asked: Asked, text: str) -> str:
    """The answer ``text`` with the whole intent in it: once it has ended, or the wait asked for is over."""
    seconds: int = asked.query["wait_seconds"]
    if not seconds:
        return text
    deadline = monotonic() + seconds
    created = jsontext.loads(text)
    intent_id: str = created["intent_id"]
    names = (topics.intent(intent_id), *asked.who.closed_by)
    # Follow first and look then, so that no end falls between.
    subscriber = EndWaiter()
    services.broadcaster.subscribe(names, subscriber)
    departure = asyncio.ensure_future(request.gone())
    departure.add_done_callback(lambda _: subscriber.end())
    try:
        await _end(services, subscriber, intent_id, deadline)
    finally:
        departure.cancel()
        services.broadcaster.unsubscribe(subscriber, names)
    if (last := subscriber.last) is not None and last.whole is not None:
        ended = last.whole()
    else:
        ended = (await services.store.glance(lambda tx: intents.get(tx, asked.who, intent_id)))["intent"]
    return jsontext.encode(created | {"intent": ended, "waited": True})


async def _end(services: Services, subscriber: EndWaiter, intent_id: str, deadline: float) -> None:
    """Return when the intent has ended, there is no more time, or nobody to tell."""
    subscriber.missed = True  # what came before
    while not subscriber.ended and (left := deadline - monotonic()) > 0:
        if subscriber.missed:
            subscriber.missed = False
            if await services.store.glance(lambda tx: intents.has_ended(tx, intent_id)):
                return
        await subscriber.wait(left)
