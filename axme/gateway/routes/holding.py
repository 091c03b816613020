"""Holding the answer to a create until its intent has ended. An extension; ``intents.run`` in the capabilities."""

from __future__ import annotations

from time import monotonic

from axme.contract import jsontext
from axme.gateway.actions import intents
from axme.gateway.actions.idempotency import Answer
from axme.gateway.delivery.broadcaster import EndWaiter
from axme.gateway.routes.operation import Asked
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.store import topics

#: So much later an end is seen that fell between the commit of an intent and the wait for its end.
LOOK_SECONDS = 0.25


async def hold(services: Services, request: Request, asked: Asked, answer: Answer) -> str:
    """The answer with the whole intent in it: once it has ended, or the wait asked for is over."""
    seconds: int = asked.query["wait_seconds"]
    if not seconds:
        return answer.text
    deadline = monotonic() + seconds
    created = jsontext.loads(answer.text)
    intent_id: str = created["intent_id"]
    names = (topics.intent(intent_id), *asked.who.closed_by)
    subscriber = EndWaiter()
    # An intent that was sent before may have ended; a new one has not, or so seldom that looking later will do.
    subscriber.missed = answer.replayed
    services.broadcaster.subscribe(names, subscriber)
    try:
        with request.watched(subscriber.end):
            await _end(services, subscriber, intent_id, deadline)
    finally:
        services.broadcaster.unsubscribe(subscriber, names)
    if (last := subscriber.last) is not None and last.whole is not None:
        ended = last.whole()
    else:
        ended = (await services.store.glance(lambda tx: intents.get(tx, asked.who, intent_id)))["intent"]
    return jsontext.encode(created | {"intent": ended, "waited": True})


async def _end(services: Services, subscriber: EndWaiter, intent_id: str, deadline: float) -> None:
    """Return when the intent has ended, there is no more time, or nobody to tell."""
    look_at = monotonic() + LOOK_SECONDS
    while not subscriber.ended and (left := deadline - (now := monotonic())) > 0:
        if subscriber.missed or now >= look_at:
            subscriber.missed, look_at = False, deadline
            if await services.store.glance(lambda tx: intents.has_ended(tx, intent_id)):
                return
        await subscriber.wait(min(left, look_at - now))
