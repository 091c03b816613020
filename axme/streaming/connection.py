"""One connection of an event stream: from opening it to its last byte."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

from axme.contract.clock import Clock
from axme.exceptions import AxmeClosedError
from axme.streaming.sse import SseEvent, SseParser
from axme.transport import ByteStream

WINDOW_OVER = "stream.timeout"


class Connection:
    """Reads what one connection brings.

    Args:
        limit: seconds after which the connection is shut from here, whatever it is doing; ``None`` for never.
    """

    def __init__(self, source: ByteStream, clock: Clock, limit: float | None) -> None:
        self.window_over = False
        self.fruitful = False
        self._source = source
        self._clock = clock
        self._opened = clock.monotonic()
        self._parser = SseParser()
        self._timed_out = False
        self._watchdog = self._watch(limit) if limit is not None else None

    @property
    def age(self) -> float:
        """Seconds since it was opened."""
        return self._clock.monotonic() - self._opened

    def read(self) -> Iterator[SseEvent] | None:
        """Wait for bytes; the events they complete (often none), or ``None`` at the end of the stream."""
        try:
            chunk = b"" if self.window_over else self._source.read()
        except AxmeClosedError:
            if not self._timed_out:
                raise
            return None
        return self._parser.feed(chunk) if chunk else None

    def note(self, name: str) -> None:
        """An event came that is none of the lifecycle; one of them tells that the window is over."""
        if name == WINDOW_OVER:
            self.window_over = True

    def close(self) -> None:
        """End it, from any thread; a read under way comes back at once."""
        if self._watchdog is not None:
            self._watchdog.cancel()
        self._source.close()

    def _watch(self, limit: float) -> threading.Timer:
        # Heartbeats keep a read from ever being idle, so the limit needs a watch of its own.
        timer = threading.Timer(limit, self._give_up)
        timer.daemon = True
        timer.start()
        return timer

    def _give_up(self) -> None:
        self._timed_out = True
        self._source.close()


def content_type(headers: Mapping[str, str]) -> str:
    """The bare media type of an answer, in lower case."""
    value = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return value.partition(";")[0].strip().lower()
