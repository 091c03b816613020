"""One time for many gateways: the database's."""

from __future__ import annotations

from sqlalchemy import Connection, text

from axme.contract.clock import Clock, MovableClock, to_micros

#: Clocks drift by microseconds in this time; asking in every transaction would cost a round trip each.
TRUST_SECONDS = 5.0
_NOW = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")


class DatabaseClock:
    """Microseconds by the database's clock; by a test's own clock where that can be moved."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._movable = isinstance(clock, MovableClock)
        self._offset = 0
        self._asked_at: float | None = None

    def now(self, connection: Connection) -> int:
        """The time, asking the database when its answer has grown old."""
        local = to_micros(self._clock.now())
        if self._movable:
            return local
        moment = self._clock.monotonic()
        if self._asked_at is None or moment - self._asked_at > TRUST_SECONDS:
            self._offset = int(connection.execute(_NOW).scalar_one()) - local
            self._asked_at = moment
        return local + self._offset
