"""Limits, what lies beyond them, the calendar of usage and what a month costs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.contract.clock import to_micros
from axme.contract.metering import DAY, Dimension, OverageMode
from axme.gateway.policy.invoices import charge, terms_of
from axme.gateway.policy.periods import day_of, month_days, month_from, month_of, month_text, window_days
from axme.gateway.policy.quotas import Beyond, Limit, beyond, billable_units, limit

days = st.integers(min_value=0, max_value=60_000)


@pytest.mark.parametrize(
    ("mode", "hard", "follows"),
    [
        (OverageMode.BLOCK, True, Beyond.REFUSE),
        (OverageMode.BLOCK, False, Beyond.PASS),
        (OverageMode.GRACE, True, Beyond.PASS),
        (OverageMode.GRACE, False, Beyond.PASS),
        (OverageMode.BILL, True, Beyond.BILL),
        (OverageMode.BILL, False, Beyond.BILL),
    ],
)
def test_what_follows_beyond_a_limit(mode: OverageMode, hard: bool, follows: Beyond) -> None:
    assert beyond(mode, hard=hard) is follows


@given(
    amounts=st.lists(st.integers(min_value=1, max_value=50), max_size=30),
    ceiling=st.integers(min_value=0, max_value=500),
)
def test_excesses_add_up_to_what_was_used_beyond_the_limit(amounts: list[int], ceiling: int) -> None:
    used, excess, warned = 0, 0, 0
    held = limit(ceiling, 80, Beyond.BILL)
    for amount in amounts:
        used += amount
        excess += held.excess(used, amount)
        warned += held.passes_soft(used, amount)
    assert excess == max(0, used - ceiling)
    assert warned == (used >= held.soft), "noted once, when the threshold is reached"


def test_giving_free_is_no_excess() -> None:
    assert Limit(10, 8, Beyond.REFUSE).excess(15, -5) == 0


def test_bytes_are_billed_by_the_mebibyte_begun() -> None:
    assert billable_units(Dimension.INTENTS, 7) == 7
    assert billable_units(Dimension.MEDIA_UPLOAD, 1) == 1
    assert billable_units(Dimension.MEDIA_UPLOAD, 1024 * 1024 + 1) == 2


@given(today=days)
def test_windows_are_whole_days_weeks_and_months_around_today(today: int) -> None:
    current = date(1970, 1, 1) + timedelta(days=today)
    assert window_days("day", today) == (today, today)
    monday, sunday = window_days("week", today)
    assert (date(1970, 1, 1) + timedelta(days=monday)).weekday() == 0
    assert monday <= today <= sunday == monday + 6
    first, last = window_days("month", today)
    assert (date(1970, 1, 1) + timedelta(days=first)).day == 1
    assert (date(1970, 1, 1) + timedelta(days=last + 1)).day == 1
    assert (
        last - first
        == (date(current.year + current.month // 12, current.month % 12 + 1, 1) - current.replace(day=1)).days - 1
    )


@given(day=days)
def test_months_have_names_and_days(day: int) -> None:
    month = month_of(day)
    first, after = month_days(month)
    assert first <= day < after
    assert month_from(month_text(month)) == month


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "26-1", "x"])
def test_what_is_no_month(text: str) -> None:
    with pytest.raises(ValueError):
        month_from(text)


def terms(cycle: str, since: str = "2026-03", updated: datetime | None = None, commit: int = 100) -> dict[str, object]:
    return {
        "billing_cycle": cycle,
        "cycle_month": month_from(since),
        "monthly_commit_minor": commit,
        "overage_unit_price_minor": 7,
        "updated_at": to_micros(updated or datetime(2026, 3, 4, tzinfo=UTC)),
    }


def test_a_month_costs_its_commitment_and_its_overage() -> None:
    assert charge(terms("monthly"), month_from("2026-05"), 3).total_minor == 100 + 21


@pytest.mark.parametrize(("month", "commit"), [("2026-03", 1200), ("2026-04", 0), ("2027-02", 0), ("2027-03", 1200)])
def test_an_annual_commitment_is_due_once_a_year(month: str, commit: int) -> None:
    assert charge(terms("annual"), month_from(month), 1) == (commit, 1, 7)


def test_a_month_has_the_terms_of_its_end() -> None:
    old = terms("monthly", updated=datetime(2026, 3, 4, tzinfo=UTC), commit=1)
    new = terms("monthly", updated=datetime(2026, 5, 31, 23, tzinfo=UTC), commit=2)
    assert terms_of([old, new], month_from("2026-04")) is old
    assert terms_of([old, new], month_from("2026-05")) is new


def test_days_begin_at_midnight_in_utc() -> None:
    midnight = to_micros(datetime(2026, 11, 22, tzinfo=UTC))
    assert day_of(midnight) == day_of(midnight - 1) + 1
    assert midnight % DAY == 0
