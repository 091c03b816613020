"""Which events come next, whatever order they arrive in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.exceptions import AxmeProtocolError
from axme.streaming.order import DoubtfulError, GapError, Order, decode, events_of

INTENT = "6f1c1e9e-6a0e-4a52-9d34-0d2a7b0c9f11"


def event(seq: Any, **more: Any) -> dict[str, Any]:
    return {"intent_id": INTENT, "seq": seq, "event_type": "intent.in_progress", **more}


def order(since: int = 0, *, contiguous: bool = True) -> Order:
    return Order(since, contiguous=contiguous, subject=INTENT)


def test_each_event_once_and_in_order() -> None:
    rules = order()
    assert [rules.admit(event(seq)) for seq in (1, 2, 2, 1, 3)] == [True, True, False, False, True]
    assert rules.position == 3


def test_a_gap_is_told_and_changes_nothing() -> None:
    rules = order(4)
    with pytest.raises(GapError, match="event 7 came after event 4"):
        rules.admit(event(7))
    assert rules.admit(event(5))


def test_where_seq_only_grows_a_gap_is_none() -> None:
    rules = order(4, contiguous=False)
    assert [rules.admit(event(seq)) for seq in (4, 10, 10, 7, 30)] == [False, True, False, False, True]


def test_the_event_named_by_since_passes_only_as_the_very_first() -> None:
    assert order(4).admit(event(4))
    later = order(4)
    assert [later.admit(event(seq)) for seq in (3, 4, 5, 5)] == [False, False, True, False]


@pytest.mark.parametrize("seq", [0, -1, "1", 1.0, True, None, [], {}])
def test_an_impossible_seq(seq: Any) -> None:
    with pytest.raises(DoubtfulError, match="impossible seq"):
        order().admit(event(seq))


@pytest.mark.parametrize("thing", [None, 1, "x", [], [event(1)]])
def test_what_is_no_object_is_no_event(thing: Any) -> None:
    with pytest.raises(DoubtfulError, match="JSON object"):
        order().admit(thing)


@pytest.mark.parametrize("other", ["0b4a54fe-0000-4000-8000-000000000000", None, 5, ""])
def test_an_event_of_another_intent(other: Any) -> None:
    with pytest.raises(DoubtfulError, match="another intent"):
        order().admit(event(1, intent_id=other))
    assert Order(0, contiguous=False, subject=None).admit(event(1, intent_id=other))


def test_an_id_is_the_same_in_capitals() -> None:
    assert Order(0, contiguous=True, subject=INTENT.upper()).admit(event(1))


def test_a_bad_entry_spoils_a_list_before_any_of_it_is_given() -> None:
    with pytest.raises(DoubtfulError):
        next(order().admit_all([event(1), event(0)]))


@given(st.integers(0, 5), st.permutations(range(1, 12)), st.lists(st.integers(1, 11)))
def test_any_list_comes_out_right(since: int, shuffled: list[int], repeats: list[int]) -> None:
    rules = order(since)
    given_out = [entry["seq"] for entry in rules.admit_all(map(event, [*shuffled, *repeats]))]
    assert given_out == list(range(since + 1, 12))


@pytest.mark.parametrize("text", ["{", "", "NaN", '{"seq":1,"seq":2}', '"\\ud800"', "1" * 5000, "[" * 100_000])
def test_what_does_not_parse(text: str) -> None:
    with pytest.raises(DoubtfulError, match="does not parse"):
        decode(text)


@pytest.mark.parametrize("answer", [{}, {"events": None}, {"events": {}}])
def test_a_list_answer_without_events_is_a_protocol_error(answer: dict[str, Any]) -> None:
    with pytest.raises(AxmeProtocolError, match="no list of events"):
        events_of(answer)
