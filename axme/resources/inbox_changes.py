"""The changes of an inbox as an endless iterator with a cursor (contract 3.4)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from threading import Event
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from axme.contract.clock import Clock, SystemClock
from axme.exceptions import AxmeProtocolError, AxmeTimeoutError, AxmeValueError
from axme.wire import FlatCalls

T = TypeVar("T")
#: A pause is taken in pieces of this many seconds, so that ``close()`` from another thread ends it soon.
_PIECE = 0.2


class InboxChanges(Iterator[T], Generic[T]):
    """What changes, one after the other. ``cursor`` is the place of the last one handed out.

    Raises:
        AxmeTimeoutError: while iterating, past the timeout.
        AxmeClosedError: while iterating, when the client is closed.
    """

    def __init__(
        self,
        client: FlatCalls,
        make: Callable[[Any], T],
        *,
        owner_agent: str | None,
        cursor: str | None,
        poll_interval: float,
        timeout: float | None,
        clock: Clock | None = None,
    ) -> None:
        if not poll_interval > 0:
            raise AxmeValueError(f"poll_interval must be above 0 seconds, not {poll_interval!r}")
        self._api = client
        self._make = make
        self._owner = owner_agent
        self._interval = poll_interval
        self._clock = clock or SystemClock()
        self._timeout = timeout
        self._end = None if timeout is None else self._clock.monotonic() + timeout
        self._waiting: deque[tuple[str, Any]] = deque()
        self._closed = Event()
        #: Where to go on from: pass it as ``cursor``.
        self.cursor = cursor

    def close(self) -> None:
        """End the iteration, also while another thread waits in it."""
        self._closed.set()

    def __next__(self) -> T:
        while not self._waiting and not self._closed.is_set():
            self._waiting.extend(self._poll())
            if not self._waiting:
                self._pause()
        if self._closed.is_set():
            raise StopIteration
        place, thread = self._waiting.popleft()
        made = self._make(thread)
        self.cursor = place
        return made

    def _poll(self) -> Iterator[tuple[str, Any]]:
        answer = self._api.list_inbox_changes(owner_agent=self._owner, cursor=self.cursor)
        changes = answer.get("changes")
        if not isinstance(changes, list):
            raise AxmeProtocolError("the server's answer holds no list of changes")
        for change in changes:
            if not isinstance(change, Mapping) or not isinstance(change.get("cursor"), str):
                raise AxmeProtocolError("the server's answer holds a change without a cursor")
            yield change["cursor"], change.get("thread")

    def _pause(self) -> None:
        until = self._clock.monotonic() + self._interval
        while (left := self._left(until)) > 0 and not self._closed.is_set():
            self._api.transport.sleep(min(left, _PIECE))

    def _left(self, until: float) -> float:
        now = self._clock.monotonic()
        if self._end is not None and now >= self._end:
            raise AxmeTimeoutError(f"no change within {self._timeout} seconds", operation="list_inbox_changes")
        return until - now if self._end is None else min(until, self._end) - now

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _repr_html_(self) -> str:
        from axme.display import html

        state = "closed" if self._closed.is_set() else "open"
        return html.card("Changes of an inbox", self._owner or "", state, [("cursor", self.cursor or "at the start")])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.cursor}>"
