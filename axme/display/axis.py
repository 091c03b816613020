"""Where the ticks of a time axis stand, and what they say. Pure functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400.0
_STEPS = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    3 * 3600, 6 * 3600, 12 * 3600, _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 60 * _DAY, 120 * _DAY, 365 * _DAY,
)  # fmt: skip


def ticks(first: datetime, last: datetime, most: int) -> list[tuple[datetime, str]]:
    """At most ``most`` moments between two, round ones, each with its label.

    What lasts under a minute counts from its beginning (``+0.5 s``), anything longer tells the time of day in UTC, and
    the day where a new one begins.
    """
    whole = (last - first).total_seconds()
    step = next((step for step in _STEPS if whole / step < max(1, most)), _STEPS[-1] * max(1.0, whole / _STEPS[-1]))
    if whole < 60:
        unit, size = ("ms", 1000) if whole < 1 else ("s", 1)
        marks = range(int(whole / step + 1e-6) + 1)
        return [(first + timedelta(seconds=n * step), f"+{n * step * size:.4g} {unit}") for n in marks]
    offset = (first - _EPOCH).total_seconds()
    number = int(-(-offset // step))
    found: list[tuple[datetime, str]] = []
    day = None
    while (at := _EPOCH + timedelta(seconds=number * step)) <= last:
        new_day = at.date() != day
        day = at.date()
        found.append(
            (at, f"{at.day} {at:%b}" if step >= _DAY or (new_day and found) else f"{at:%H:%M:%S}"[: _chars(step)])
        )
        number += 1
    return found


def _chars(step: float) -> int:
    return 8 if step < 60 else 5
