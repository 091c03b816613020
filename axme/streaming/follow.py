"""The stream as programs hold it: an iterator with a cursor that can be closed from anywhere."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

from axme.calls import CallInfo
from axme.contract.clock import Clock, SystemClock
from axme.contract.limits import HEARTBEAT_SECONDS
from axme.exceptions import AxmeClosedError, AxmeTimeoutError, AxmeValueError
from axme.streaming.follower import Follower, Plan
from axme.streaming.order import Event
from axme.streaming.pace import Pace
from axme.transport import Call, Transport

#: A stream is never silent for longer than a heartbeat; after two and a half of them the connection is dead.
IDLE_SECONDS = 2.5 * HEARTBEAT_SECONDS


#: How often the process was forked off another. Asking for its id would cost a system call for each event.
_forks = 0


def _forked() -> None:
    global _forks
    _forks += 1


os.register_at_fork(after_in_child=_forked)


class EventStream(Iterator[Event]):
    """Events as they happen, each once and in order, whatever becomes of the connections under it (contract 1.11).

    ``for event in stream`` yields plain dicts. Cuts, stalls, restarts, 429 and 5xx are waited out; a server without
    streams (404, 405, 501) is polled. The stream of an intent ends by itself after the terminal event. An error ends
    the loop but not the stream: ``next()`` goes on from :attr:`cursor`.

    Args:
        transport: what carries the calls.
        stream_call: the call that opens the stream after a given ``seq``.
        poll: the call that lists the events after a given ``seq``; ``None`` where there is none.
        since: the ``seq`` of the last event already known.
        contiguous: ``seq`` counts without gaps, as an intent's events do; a gap is filled from ``poll`` before
            anything newer is given. Without it, ``seq`` only ever grows.
        stop: whether an event is the last one.
        subject: the ``intent_id`` every event must carry; ``None`` where any may come.
        poll_interval: seconds between polls that bring nothing.
        wait_seconds: how long the server keeps one connection open.
        timeout: seconds from the first ``next()`` to :class:`~axme.AxmeTimeoutError`; ``None`` for no limit.
        idle_timeout: seconds without a byte after which a connection counts as dead.
        clock: what tells the time.

    Raises:
        AxmeValueError: at once for a negative ``since`` or times that are none; while iterating, for a ``since``
            beyond the last event, which would wait for ever.
        AxmeTimeoutError: while iterating, when ``timeout`` is over.
        AxmeProtocolError: while iterating, when the server sends what cannot be right, twice.
        AxmeHttpError: while iterating, on an answer that waiting does not mend (401, 403, 404, 422 …).
        AxmeClosedError: while iterating, when the client is closed, or in a process forked off.
    """

    def __init__(
        self,
        transport: Transport,
        stream_call: Callable[[int], Call],
        *,
        poll: Callable[[int], Call] | None,
        since: int = 0,
        contiguous: bool,
        stop: Callable[[Event], bool],
        subject: str | None,
        poll_interval: float = 1.0,
        wait_seconds: int,
        timeout: float | None,
        idle_timeout: float = IDLE_SECONDS,
        clock: Clock | None = None,
    ) -> None:
        self._over = True  # Until all that close() needs is there.
        self._born_after = _forks
        _check_arguments(since, poll_interval, timeout)
        clock = clock or SystemClock()
        self._plan = Plan(
            transport=transport, stream_call=stream_call, poll=poll, since=since, contiguous=contiguous, stop=stop,
            subject=subject, poll_interval=poll_interval, wait_seconds=wait_seconds, idle_timeout=idle_timeout,
        )  # fmt: skip
        self._timeout = timeout
        self._pace = Pace(clock, timeout, transport.sleep)
        self._follower = Follower(self._plan, self._pace, clock)
        self._ready: deque[Event] = deque()
        self._cursor = since
        self._lock = threading.Lock()
        self._over = False

    @property
    def cursor(self) -> int:
        """The ``seq`` of the last event given: a new stream with ``since=cursor`` continues here."""
        return self._cursor

    @property
    def call(self) -> CallInfo | None:
        """The call that opened the connection it reads now; ``None`` before the first."""
        return self._follower.call

    def __next__(self) -> Event:
        if self._born_after != _forks:
            raise AxmeClosedError(
                f"{self._plan.name} was opened before this process was forked off: open one here, since={self._cursor}"
            )
        with self._lock:
            while not (self._ready or self._over):
                self._advance()
            if self._over:
                raise StopIteration
            event = self._ready.popleft()
            self._cursor = event["seq"]
            if self._plan.stop(event):
                self.close()
            return event

    def _advance(self) -> None:
        self._pace.start()
        self._check_time()
        try:
            self._ready.extend(self._follower.step())
        except BaseException:
            self._follower.drop()
            self._ready.clear()
            self._follower.rewind(self._cursor)
            if not self._over:
                raise
        if self._follower.over:
            self._over = not self._ready

    def _check_time(self) -> None:
        left = self._pace.remaining()
        if left is not None and left <= 0:
            self._follower.drop()
            trouble = f"; the last trouble was: {self._follower.trouble}" if self._follower.trouble else ""
            raise AxmeTimeoutError(
                f"{self._plan.name} did not end within {self._timeout:g} s; "
                f"the last event seen has seq {self._cursor}{trouble}"
            )

    def close(self) -> None:
        """End the stream, from any thread: a ``next()`` that waits elsewhere raises ``StopIteration`` at once."""
        if self._over:
            return
        self._over = True
        self._follower.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _repr_html_(self) -> str:
        from axme.display import html

        subject = self._plan.subject or "an agent"
        return html.card("EventStream", subject, "closed" if self._over else "open", [("cursor", self._cursor)])

    def __repr__(self) -> str:
        state = "closed" if self._over else "open"
        return f"<EventStream of {self._plan.subject or 'an agent'}, {state}, cursor {self._cursor}>"


def _check_arguments(since: Any, poll_interval: Any, timeout: Any) -> None:
    if type(since) is not int or since < 0:
        raise AxmeValueError(f"since is the seq of the last event seen: 0 or a positive whole number, not {since!r}")
    if not poll_interval >= 0:
        raise AxmeValueError(f"poll_interval is a number of seconds, not {poll_interval!r}")
    if timeout is not None and not timeout >= 0:
        raise AxmeValueError(f"timeout is a number of seconds or None, not {timeout!r}")
