"""Days, windows and months of usage, in UTC. Days are counted from 1970, months from year 0."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from axme.contract.clock import to_micros
from axme.contract.metering import DAY

_FIRST = date(1970, 1, 1)


def day_of(micros: int) -> int:
    """The day a moment lies in."""
    return micros // DAY


def window_days(window: str, today: int) -> tuple[int, int]:
    """First and last day of the ``day``, the ``week`` (from Monday) or the ``month`` that ``today`` lies in."""
    current = _FIRST + timedelta(days=today)
    if window == "week":
        return today - current.weekday(), today - current.weekday() + 6
    if window == "month":
        first, after = month_days(month_of(today))
        return first, after - 1
    return today, today


def month_of(day: int) -> int:
    """The month a day lies in."""
    current = _FIRST + timedelta(days=day)
    return current.year * 12 + current.month - 1


def month_days(month: int) -> tuple[int, int]:
    """The first day of a month, and the first of the next."""
    return _first_of(month), _first_of(month + 1)


def month_text(month: int) -> str:
    """``2026-11``."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def month_from(text: str) -> int:
    """The inverse; raises ``ValueError``."""
    moment = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC)
    return month_of(day_of(to_micros(moment)))


def _first_of(month: int) -> int:
    return (date(month // 12, month % 12 + 1, 1) - _FIRST).days
