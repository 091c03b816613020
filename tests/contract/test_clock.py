"""Times as written and counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.contract.clock import MovableClock, SystemClock, from_micros, to_micros, to_text

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))


@given(MOMENTS)
def test_microseconds_are_exact(moment: datetime) -> None:
    assert from_micros(to_micros(moment)) == moment
    assert datetime.fromisoformat(to_text(moment)) == moment
    assert to_text(to_micros(moment)) == to_text(moment)


def test_text_is_utc_with_z_and_sortable() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=2)))
    assert to_text(noon) == "2026-11-22T10:00:00.000000Z"
    assert to_text(datetime(2026, 11, 22, 12)) == "2026-11-22T12:00:00.000000Z"


def test_a_movable_clock_stands_until_it_is_moved() -> None:
    clock = MovableClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    assert clock.advance(timedelta(days=3)) == clock.now() == datetime(2026, 1, 4, tzinfo=UTC)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(timedelta(seconds=-1))


def test_the_system_clock_tells_utc_and_grows() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()
