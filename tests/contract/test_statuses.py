"""The words of the lifecycle, in both vocabularies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.contract.statuses import (
    EVENT_OF_STATUS,
    OPEN,
    PENDING,
    TERMINAL,
    TRANSITIONS,
    IntentStatus,
    is_terminal,
    parse_statuses,
)

OTHER_WORDS = {
    "RESOLVED": "COMPLETED",
    "CANCELLED": "CANCELED",
    "EXPIRED": "TIMED_OUT",
    "PENDING": "CREATED",
    "ACCEPTED": "DELIVERED",
    "PROCESSING": "IN_PROGRESS",
}


@pytest.mark.parametrize(("word", "status"), OTHER_WORDS.items())
def test_the_other_word_reads_as_the_status(word: str, status: str) -> None:
    assert IntentStatus(word) is IntentStatus(word.lower()) is IntentStatus(status)


@pytest.mark.parametrize("status", IntentStatus)
def test_an_alias_reads_back_and_never_breaks_equality(status: IntentStatus) -> None:
    assert IntentStatus(status.alias) is status
    assert status == status.value
    assert hash(status) == hash(status.value)
    assert (status.alias == status.value) == (status.alias == status)


def test_unknown_words_are_refused() -> None:
    with pytest.raises(ValueError, match="REJECTED"):
        IntentStatus("REJECTED")
    with pytest.raises(ValueError, match="3"):
        IntentStatus(3)


@pytest.mark.parametrize("word", ["COMPLETED", "resolved", "Cancelled", "EXPIRED", "TIMED_OUT", "failed"])
def test_terminal_words(word: str) -> None:
    assert is_terminal(word)


@pytest.mark.parametrize("word", ["CREATED", "WAITING", "PENDING", "", "SOMETHING_NEW"])
def test_words_that_are_not_terminal(word: str) -> None:
    assert not is_terminal(word)


def test_a_filter_takes_lists_aliases_and_pending() -> None:
    assert parse_statuses("waiting, RESOLVED") == {IntentStatus.WAITING, IntentStatus.COMPLETED}
    assert parse_statuses("pending") == PENDING
    assert parse_statuses("") == frozenset()
    with pytest.raises(ValueError, match="BOGUS"):
        parse_statuses("WAITING,BOGUS")


def test_terminal_statuses_have_no_way_out_and_all_others_do() -> None:
    assert {status for status, following in TRANSITIONS.items() if not following} == TERMINAL
    assert set(IntentStatus) == OPEN | TERMINAL
    assert {event.value for event in EVENT_OF_STATUS.values()} >= {"intent.completed", "intent.timed_out"}


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=12))
def test_every_walk_along_the_table_ends_at_most_once(choices: list[int]) -> None:
    status, endings = IntentStatus.CREATED, 0
    for choice in choices:
        following = sorted(TRANSITIONS[status])
        if not following:
            break
        status = following[choice % len(following)]
        endings += status.is_terminal
    assert endings <= 1
