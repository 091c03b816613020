"""Ends what is open of whoever was shut out while this node could not hear of it."""

from __future__ import annotations

import asyncio

from axme.gateway.actions import sessions
from axme.gateway.delivery.broadcaster import Broadcaster
from axme.gateway.delivery.desk import Desk
from axme.gateway.errors import GatewayError
from axme.gateway.store import Notice, Store, topics

_KEY = topics.key("")


class Revocations:
    """Looks up, whenever anything may have been missed, all that lets in those who have something open."""

    def __init__(self, store: Store, broadcaster: Broadcaster, desk: Desk) -> None:
        self._store = store
        self._broadcaster = broadcaster
        self._desk = desk
        self._looking: asyncio.Task[None] | None = None
        broadcaster.listen(topics.ANYTHING, self._look)

    def _look(self, _notice: Notice) -> None:
        self._looking = asyncio.ensure_future(self._end_those_shut_out())

    async def _end_those_shut_out(self) -> None:
        names = {topic.removeprefix(_KEY) for topic in self._open() if topic.startswith(_KEY)}
        try:
            ended = await self._store.read(lambda tx: sessions.ended(tx, names))
        except GatewayError:
            return  # The database is away again; when it is back, this is asked again.
        self._broadcaster.publish(Notice(topics.key(name), 0, None) for name in ended)

    def _open(self) -> frozenset[str]:
        return self._broadcaster.followed | self._desk.awaited
