"""When to give up, and how long to wait before the next try."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from axme.contract.clock import Clock

BACKOFF_BASE = 0.1
BACKOFF_CAP = 2.0
_SLICE = 0.25


class Pace:
    """A total time limit, and full jitter between tries that grows until something goes right.

    Args:
        timeout: seconds from the first :meth:`start`; ``None`` for no limit.
        rest: sleeps for the given seconds, and raises when the client has been closed.
    """

    def __init__(self, clock: Clock, timeout: float | None, rest: Callable[[float], None]) -> None:
        self._clock = clock
        self._timeout = timeout
        self._rest = rest
        self._deadline: float | None = None
        self._failures = 0
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to count the time; only the first call does."""
        if self._deadline is None and self._timeout is not None:
            self._deadline = self._clock.monotonic() + self._timeout

    def remaining(self) -> float | None:
        """Seconds left, 0 or less when time is up; ``None`` without a limit."""
        return None if self._deadline is None else self._deadline - self._clock.monotonic()

    def bounded(self, seconds: float) -> float:
        """``seconds``, or what is left when that is less."""
        left = self.remaining()
        return seconds if left is None else max(min(seconds, left), 0.0)

    def progress(self) -> None:
        """Something went right: the next failure waits shortly again."""
        self._failures = 0

    def back_off(self, at_least: float = 0.0) -> None:
        """Wait after a failure: a random time that may grow, and ``at_least`` as long as the server asked for."""
        ceiling = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(self._failures, 10))
        self._failures += 1
        self.sleep(at_least + random.uniform(0.0, ceiling))

    def sleep(self, seconds: float) -> None:
        """Wait, but not past the limit, and only until :meth:`stop` or the end of the client."""
        until = self._clock.monotonic() + self.bounded(seconds)
        while (left := until - self._clock.monotonic()) > 0:
            self._rest(0.0)
            if self._stopped.wait(min(left, _SLICE)):
                return

    def stop(self) -> None:
        """End the sleep under way, and every later one."""
        self._stopped.set()
