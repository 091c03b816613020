"""One time for many gateways: the database's."""

from __future__ import annotations

from sqlalchemy import Connection, text

from axme.contract.clock import Clock, MovableClock, to_micros

#: Clocks drift by microseconds in this time; asking in every transaction would cost a round trip each.
TRUST_SECONDS = 5.0
_SECOND = 1_000_000
_NOW = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")


class DatabaseClock:
    """Microseconds by the database's clock; by a test's own clock where that can be moved."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._movable = isinstance(clock, MovableClock)
        #: The database's time, and when by our own stopwatch it was that.
        self._known: tuple[int, float] | None = None

    def now(self, connection: Connection) -> int:
        """The time, asking the database when its answer has grown old."""
        if self._movable:
            return to_micros(self._clock.now())
        # Counted on with the stopwatch: this machine's own time of day may be wrong, or be set while we run.
        known = self._known
        if known is None or self._clock.monotonic() - known[1] > TRUST_SECONDS:
            told = int(connection.execute(_NOW).scalar_one())
            known = self._known = (told, self._clock.monotonic())
        return known[0] + int((self._clock.monotonic() - known[1]) * _SECOND)
