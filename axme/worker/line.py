"""A line of threads with something to send: the first sends for all who have come by then."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any


class Place:
    """One thread's place, and what it has to send."""

    __slots__ = ("_turn", "answer", "room", "said", "size", "trace_id")

    def __init__(self, said: dict[str, Any], trace_id: str | None, room: int) -> None:
        self.said = said
        self.size = 0
        self.trace_id = trace_id
        self.room = room
        #: What became of it, once it was sent.
        self.answer: Any = None
        self._turn = threading.Lock()
        self._turn.acquire()

    def wait(self) -> None:
        """Until it is called."""
        self._turn.acquire()

    def call(self) -> None:
        """Wake who waits here: it is answered, or the next one to send."""
        self._turn.release()


class Line:
    """One sends at a time, for ``most`` places or ``size`` in all; who comes meanwhile waits.

    Who returns from :meth:`join` without an answer must :meth:`take`, answer every place, and :meth:`leave`.
    """

    def __init__(self, most: int, size: int) -> None:
        self._most = most
        self._size = size
        self._waiting: deque[Place] = deque()
        self._sending = False
        self._lock = threading.Lock()

    def join(self, place: Place) -> None:
        """Stand in line, until there is an answer or it is this one's turn to send."""
        with self._lock:
            self._waiting.append(place)
            first, self._sending = not self._sending, True
        if not first:
            place.wait()

    def take(self) -> list[Place]:
        """Those whose things go together now, the caller's first."""
        with self._lock:
            batch = [self._waiting.popleft()]
            size = batch[0].size
            while self._waiting and len(batch) < self._most:
                size += self._waiting[0].size
                if size > self._size:
                    break
                batch.append(self._waiting.popleft())
            return batch

    def leave(self, batch: list[Place]) -> None:
        """The places of ``batch`` are answered; the next one may send."""
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._sending = following is not None
        if following is not None:
            following.call()
        for place in batch[1:]:
            place.call()
