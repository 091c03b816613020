"""What is sent to an agent, as it arrives, for programs that want the loop for themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from axme.resources.intent import Intent
from axme.resources.streams import ObjectStream
from axme.streaming import EventStream
from axme.streaming.bookmark import Acknowledged, Bookmark


class Listening(ObjectStream[Intent]):
    """Intents as they arrive, at least once each. :meth:`ack` says that one is done with.

    With a bookmark, what is acknowledged is on disk: the next listener with this bookmark is given everything else.

    Example:
        >>> with agent.listen(bookmark="orders") as arriving:  # doctest: +SKIP
        ...     for intent in arriving:
        ...         intent.complete({"parcels": 1})
        ...         arriving.ack(intent)
    """

    def __init__(
        self,
        events: EventStream,
        make: Callable[[dict[str, Any]], Intent],
        acknowledged: Acknowledged,
        bookmark: Bookmark | None,
    ) -> None:
        super().__init__(events, make)
        self._acknowledged = acknowledged
        self._bookmark = bookmark
        self._given: dict[str, list[int]] = {}
        self._last: str | None = None
        self._lock = threading.Lock()

    @property
    def acknowledged(self) -> int:
        """The place up to which everything is acknowledged: a listener with ``since`` here misses nothing."""
        return self._acknowledged.cursor

    def ack(self, intent: Intent | None = None) -> None:
        """``intent``, by default the last one given, is done with; a second time changes nothing.

        In any order, and from any thread. The bookmark moves over what is acknowledged without a gap, and is on disk
        when this returns.
        """
        with self._lock:
            done = self._given.pop(intent.id if intent is not None else self._last or "", [])
            for seq in done:
                self._acknowledged.done(seq)
            if done and self._bookmark is not None:
                self._bookmark.save()

    def close(self) -> None:
        """End the stream, also while another thread waits in it, and let others use the bookmark."""
        super().close()
        if self._bookmark is not None:
            self._bookmark.close()

    def __next__(self) -> Intent:
        while True:
            delivery = next(self._events)
            with self._lock:
                if self._acknowledged.give(delivery["seq"]):
                    intent = self._object(delivery)
                    self._last = intent.id
                    self._given.setdefault(intent.id, []).append(delivery["seq"])
                    return intent
