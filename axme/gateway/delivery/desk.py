"""Where workers wait for deliveries: they stand in line, and each delivery wakes one of them.

Nobody looks into the database while there is nothing to claim. Who was called and found nothing, because a worker at
another gateway was faster, stays in its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from axme.gateway.delivery.broadcaster import Broadcaster
from axme.gateway.store import topics
from axme.gateway.store.tx import Notice

_AGENT = topics.agent("")
_KEY = topics.key("")


class Place:
    """One worker's place in a line."""

    __slots__ = ("_wake", "called", "closed_by", "departed", "ended", "mailbox")

    def __init__(self, mailbox: str, closed_by: Sequence[str]) -> None:
        self.mailbox = mailbox
        self.closed_by = closed_by
        #: Something may be there for it.
        self.called = False
        self.ended = False
        #: The worker has gone away.
        self.departed = False
        self._wake: asyncio.Future[None] | None = None

    def call(self) -> None:
        """Have it look."""
        self.called = True
        self._rouse()

    def end(self) -> None:
        """Have it leave."""
        self.ended = True
        self._rouse()

    def depart(self) -> None:
        """Have it leave, to a worker who is not there any more."""
        self.departed = True
        self.end()

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def is_called(self, seconds: float) -> bool:
        """Wait to be called; ``False`` when it is to leave, or ``seconds`` have passed."""
        if not (self.called or self.ended) and seconds > 0:
            loop = asyncio.get_running_loop()
            self._wake = loop.create_future()
            alarm = loop.call_later(seconds, self._rouse)
            try:
                await self._wake
            finally:
                alarm.cancel()
                self._wake = None
        was_called, self.called = self.called and not self.ended, False
        return was_called


class Desk:
    """The lines of all mailboxes; it belongs to the event loop's thread."""

    def __init__(self, broadcaster: Broadcaster) -> None:
        self._lines: dict[str, dict[Place, None]] = {}
        self._closed = False
        broadcaster.listen(_AGENT, self._delivered)
        broadcaster.listen(_KEY, self._revoked)
        broadcaster.listen(topics.ANYTHING, self._unknown)

    def join(self, mailbox: str, closed_by: Sequence[str]) -> Place:
        """Stand in line for the deliveries of ``mailbox``, until something is said on a topic of ``closed_by``."""
        place = Place(mailbox, closed_by)
        place.ended = self._closed
        self._lines.setdefault(mailbox, {})[place] = None
        return place

    def leave(self, place: Place) -> None:
        """Stand in line no longer; what it was called for, and has not seen to, is the next one's."""
        line = self._lines.get(place.mailbox, {})
        line.pop(place, None)
        if not line:
            self._lines.pop(place.mailbox, None)
        elif place.called:
            self.call(place.mailbox)

    def call(self, mailbox: str) -> None:
        """Have the first of a line look that is not looking already."""
        for place in self._lines.get(mailbox, ()):
            if not place.called and not place.ended:
                place.call()
                return

    @property
    def awaited(self) -> frozenset[str]:
        """The topics that make somebody leave."""
        return frozenset(topic for line in self._lines.values() for place in line for topic in place.closed_by)

    def close(self) -> None:
        """Have everybody leave, those who are about to come included."""
        self._closed = True
        self._end(lambda place: True)

    def _delivered(self, notice: Notice) -> None:
        self.call(notice.topic.removeprefix(_AGENT))

    def _revoked(self, notice: Notice) -> None:
        self._end(lambda place: notice.topic in place.closed_by)

    def _unknown(self, notice: Notice) -> None:
        for mailbox in self._lines:
            self.call(mailbox)

    def _end(self, which: Callable[[Place], bool]) -> None:
        for line in self._lines.values():
            for place in line:
                if which(place):
                    place.end()
