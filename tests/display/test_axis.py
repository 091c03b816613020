"""The ticks of a time axis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from axme.display.axis import ticks

START = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)


def _labels(length: timedelta, most: int = 6) -> list[str]:
    return [label for _, label in ticks(START, START + length, most)]


def test_labels_are_round() -> None:
    assert _labels(timedelta(milliseconds=4)) == ["+0 ms", "+1 ms", "+2 ms", "+3 ms", "+4 ms"]
    assert _labels(timedelta(seconds=10)) == ["+0 s", "+2 s", "+4 s", "+6 s", "+8 s", "+10 s"]
    assert _labels(timedelta(minutes=2)) == ["22:30:00", "22:30:30", "22:31:00", "22:31:30", "22:32:00"]
    assert _labels(timedelta(hours=4)) == ["23:00", "23 Nov", "01:00", "02:00"]
    assert _labels(timedelta(days=4)) == ["23 Nov", "24 Nov", "25 Nov", "26 Nov"]


@given(st.integers(1, 200_000_000_000), st.integers(1, 12))
def test_there_are_never_more_than_there_is_room_for(milliseconds: int, most: int) -> None:
    last = START + timedelta(milliseconds=milliseconds)
    found = ticks(START, last, most)
    assert len(found) <= most + 1
    assert all(START <= at <= last + timedelta(milliseconds=1) for at, _ in found)
    assert [at for at, _ in found] == sorted(at for at, _ in found)
