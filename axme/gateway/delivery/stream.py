"""One observer's stream: what is in the store first, then what is committed, and nothing twice or left out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

from axme.contract.limits import HEARTBEAT_SECONDS
from axme.contract.statuses import IntentStatus
from axme.gateway.delivery.broadcaster import Broadcaster, Push, Subscriber
from axme.gateway.delivery.sse import KEEP_ALIVE, timeout_frame
from axme.gateway.errors import GatewayError


class Backlog(Protocol):
    """What the store holds after a cursor."""

    @property
    def events(self) -> Sequence[dict[str, Any]]:
        """Events or deliveries, the oldest first."""
        ...

    @property
    def newest(self) -> int:
        """The newest cursor there is, shown or not."""
        ...

    @property
    def terminal(self) -> bool:
        """Whether nothing can follow."""
        ...


class ReadBacklog(Protocol):
    """Reads what the store holds after a cursor."""

    def __call__(self, since: int) -> Awaitable[Backlog]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a stream shows."""

    topic: str
    #: How far apart two neighbouring cursors of the topic are: anything else is a gap.
    step: int
    read: ReadBacklog
    #: Whether a terminal status is the end, as it is for one intent and is not for an agent.
    ends: bool
    #: Show only deliveries in these statuses (``None``: all).
    statuses: frozenset[IntentStatus] | None = None


class Stream:
    """The bytes of one connection, from ``since`` (exclusive) for at most ``wait_seconds``."""

    def __init__(
        self, source: Source, broadcaster: Broadcaster, closed_by: Sequence[str], since: int, wait_seconds: float
    ) -> None:
        self._source = source
        self._broadcaster = broadcaster
        self._topics = (source.topic, *closed_by)
        self._floor = since
        self._seen = since
        self._deadline = monotonic() + wait_seconds
        self._ended = False
        self._subscriber: Subscriber | None = None
        self._backlog: Backlog | None = None

    @property
    def subscriber(self) -> Subscriber:
        """The mailbox; ending it ends the stream."""
        if self._subscriber is None:
            raise RuntimeError("the stream has not been opened")
        return self._subscriber

    async def open(self) -> None:
        """Follow first and read then, so that nothing falls between; what is refused is refused here."""
        self._subscriber = self._broadcaster.subscribe(self._topics)
        try:
            backlog = await self._source.read(self._floor)
        except BaseException:
            self.close()
            raise
        if self._floor > backlog.newest:
            # A client that names the next cursor instead of the last one must not lose it (contract 1.11 a).
            self._floor -= 1
        self._backlog = backlog

    def close(self) -> None:
        """Follow no longer."""
        self._broadcaster.unsubscribe(self.subscriber, self._topics)

    async def frames(self) -> AsyncGenerator[bytes]:
        """What goes over the wire, one chunk at a time."""
        if self._backlog is not None:
            backlog, self._backlog = self._backlog, None
            if chunk := self._from_backlog(backlog):
                yield chunk
            if self._ended:
                return
            if backlog.terminal:
                # The end is older than ``since``: there is nothing to wait for.
                yield timeout_frame(self._seen)
                return
        while not self.subscriber.ended and (left := self._deadline - monotonic()) > 0:
            await self.subscriber.wait(min(HEARTBEAT_SECONDS, left))
            if chunk := await self._next():
                yield chunk
            elif not self.subscriber.ended and monotonic() < self._deadline:
                yield KEEP_ALIVE
            if self._ended:
                return
        yield timeout_frame(self._seen)

    async def _next(self) -> bytes:
        subscriber = self.subscriber
        if subscriber.missed:
            return await self._again()
        chunk = bytearray()
        for push in subscriber.take():
            if push.seq > self._seen + self._source.step:
                return bytes(chunk) + await self._again()
            if push.seq > self._seen:
                self._seen = push.seq
                chunk += self._show(push)
        return bytes(chunk)

    async def _again(self) -> bytes:
        self.subscriber.missed = False
        self.subscriber.take()
        try:
            backlog = await self._source.read(self._seen)
        except GatewayError:
            # Who comes back with the cursor is told why, which cannot be said in the middle of a stream.
            self.subscriber.end()
            return b""
        return self._from_backlog(backlog)

    def _from_backlog(self, backlog: Backlog) -> bytes:
        self._seen = backlog.newest
        return b"".join(self._show(Push(event)) for event in backlog.events)

    def _show(self, push: Push) -> bytes:
        if push.seq <= self._floor or (self._source.statuses and push.status not in self._source.statuses):
            return b""
        self._ended = push.terminal and self._source.ends
        return push.frame
