"""Who wants to know about what: commits in the writer's thread become pushes on the event loop.

A topic nobody follows costs one look in a dict; an event is encoded once for all who follow it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from axme.contract.statuses import is_terminal
from axme.gateway.delivery.sse import event_frame
from axme.gateway.store import topics
from axme.gateway.store.tx import Notice, Row

BUFFER_BYTES = 64 * 1024


class Push:
    """One event on its way to observers: encoded once for all of them, if anybody shows it."""

    __slots__ = ("_data", "_frame", "seq", "status", "whole")

    def __init__(self, data: Row, whole: Callable[[], Row] | None = None) -> None:
        self.seq: int = data["seq"]
        self.status: str = data["status"]
        #: What it happened to, as it was committed, where that is at hand.
        self.whole = whole
        self._data = data
        self._frame: bytes | None = None

    @property
    def frame(self) -> bytes:
        """What a stream sends."""
        if self._frame is None:
            self._frame = event_frame(self._data)
        return self._frame

    @property
    def terminal(self) -> bool:
        """Whether nothing can follow."""
        return is_terminal(self.status)


class Subscriber:
    """The mailbox of one observer. It never blocks who fills it: when full, it only notes that something is missing."""

    __slots__ = ("_bytes", "_pushes", "_wake", "ended", "missed")

    def __init__(self) -> None:
        self._pushes: deque[Push] = deque()
        self._bytes = 0
        self._wake: asyncio.Future[None] | None = None
        self.missed = False
        self.ended = False

    def put(self, push: Push) -> None:
        """Deliver, or drop everything and note that the store must be read again."""
        if self._bytes + len(push.frame) > BUFFER_BYTES:
            self._pushes.clear()
            self._bytes = 0
            self.missed = True
        elif not self.missed:
            self._pushes.append(push)
            self._bytes += len(push.frame)
        self.wake()

    def miss(self) -> None:
        """Note that the store must be read again."""
        self.missed = True
        self.wake()

    def end(self) -> None:
        """Ask the observer to finish."""
        self.ended = True
        self.wake()

    def wake(self) -> None:
        """Let :meth:`wait` return."""
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Return as soon as there is something to do, after ``seconds`` at the latest."""
        if self._pushes or self.missed or self.ended:
            return
        loop = asyncio.get_running_loop()
        self._wake = loop.create_future()
        alarm = loop.call_later(seconds, self.wake)
        try:
            await self._wake
        finally:
            alarm.cancel()
            self._wake = None

    def take(self) -> list[Push]:
        """What has arrived, the oldest first."""
        taken = list(self._pushes)
        self._pushes.clear()
        self._bytes = 0
        return taken


class EndWaiter(Subscriber):
    """One observer that is told of the end alone."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        super().__init__()
        self.last: Push | None = None

    def put(self, push: Push) -> None:
        """Keep what ends it; everything else goes by."""
        if push.terminal:
            self.last = push
            self.end()


class Broadcaster:
    """Topics and their subscribers. All but :meth:`publish` belongs to the event loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._topics: dict[str, set[Subscriber]] = {}
        self._listeners: list[tuple[str, Callable[[Notice], None]]] = []
        self._queue: deque[Notice] = deque()
        self._scheduled = False
        self._closed = False

    def listen(self, prefix: str, listener: Callable[[Notice], None]) -> None:
        """Call ``listener`` on the event loop for every notice whose topic starts with ``prefix``."""
        self._listeners.append((prefix, listener))

    def publish(self, notices: Iterable[Notice]) -> None:
        """Take the notices of a commit. Called in the writer's thread; returns at once."""
        wanted = [notice for notice in notices if self._is_wanted(notice.topic)]
        if not wanted:
            return
        self._queue.extend(wanted)
        if not self._scheduled:
            self._scheduled = True
            try:
                self._loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:
                self._closed = True  # The loop is gone: the process is ending.

    def _is_wanted(self, topic: str) -> bool:
        return (
            topic in self._topics
            or topic == topics.ANYTHING
            or any(topic.startswith(prefix) for prefix, _ in self._listeners)
        )

    def _deliver(self) -> None:
        self._scheduled = False
        while self._queue:
            notice = self._queue.popleft()
            if notice.topic == topics.ANYTHING:
                self._miss()
            for prefix, listener in self._listeners:
                if notice.topic.startswith(prefix):
                    listener(notice)
            subscribers = self._topics.get(notice.topic)
            if subscribers:
                self._hand_out(notice, subscribers)

    def _miss(self) -> None:
        for followers in self._topics.values():
            for subscriber in followers:
                subscriber.miss()

    def _hand_out(self, notice: Notice, subscribers: set[Subscriber]) -> None:
        data = notice.data
        if data is None:
            for subscriber in subscribers:
                subscriber.end()
            return
        push = Push(data, notice.whole)
        for subscriber in subscribers:
            subscriber.put(push)

    def subscribe(self, names: Sequence[str], subscriber: Subscriber | None = None) -> Subscriber:
        """Follow the topics ``names`` from now on."""
        subscriber = subscriber or Subscriber()
        for topic in names:
            self._topics.setdefault(topic, set()).add(subscriber)
        if self._closed:
            subscriber.end()
        return subscriber

    def unsubscribe(self, subscriber: Subscriber, names: Sequence[str]) -> None:
        """Follow no longer."""
        for topic in names:
            followers = self._topics.get(topic, set())
            followers.discard(subscriber)
            if not followers:
                self._topics.pop(topic, None)

    @property
    def subscribers(self) -> int:
        """How many follow something."""
        return len({id(subscriber) for followers in self._topics.values() for subscriber in followers})

    @property
    def followed(self) -> frozenset[str]:
        """The topics that have subscribers."""
        return frozenset(self._topics)

    def close(self) -> None:
        """End every stream, those that are about to begin included."""
        self._closed = True
        for followers in self._topics.values():
            for subscriber in followers:
                subscriber.end()
