"""What a process counts of the requests it answers; the page that tells of it is ``routes/metrics.py``."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import Final

#: Seconds; the last one is for everything above.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Times:
    """How long the requests of one operation took."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Measures:
    """Belongs to the event loop. Kept as plain numbers: a request must not pay for who might ask."""

    def __init__(self) -> None:
        #: By operation and status.
        self.requests: Counter[tuple[str, int]] = Counter()
        self.times: dict[str, Times] = {}
        #: How many are being answered, streams and waits among them.
        self.under_way = 0

    def note(self, operation: str, status: int, seconds: float) -> None:
        """A request was answered, with ``status`` 0 where nobody waited for it any more."""
        self.requests[operation, status] += 1
        times = self.times.get(operation)
        if times is None:
            times = self.times[operation] = Times()
        times.add(seconds)
