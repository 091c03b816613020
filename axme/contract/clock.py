"""The only place that asks what time it is. Everything else is given a clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Wall time and monotonic time."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow, for measuring and limits."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class MovableClock(SystemClock):
    """A clock for tests: stands where it is put, and moves only by :meth:`advance`."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime.now(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new time; a clock never goes back."""
        if by < timedelta(0):
            raise ValueError(f"a clock cannot go back, but advance was asked for {by}")
        self._now += by
        return self._now


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970, exact; a moment without a zone is read as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The inverse of :func:`to_micros`."""
    return _EPOCH + timedelta(microseconds=micros)


def to_text(moment: datetime | int) -> str:
    """RFC 3339 in UTC with ``Z``, as everything on the wire is written (contract 1.9)."""
    return _text_of(to_micros(moment) if isinstance(moment, datetime) else moment)


@lru_cache(maxsize=256)
def _text_of(micros: int) -> str:
    # One change tells the same moment in many places.
    return from_micros(micros).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """The moment an RFC 3339 text names, in UTC; without a zone it is read as UTC.

    Raises:
        ValueError: it names none, or one outside the years 1 to 9999.
    """
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is outside the calendar in UTC") from None
