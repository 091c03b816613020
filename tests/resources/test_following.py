"""An intent moves forward with its events, and whenever one looks, it is where the last of them left it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from axme.contract.statuses import IntentStatus, is_terminal
from axme.resources._following import advanced
from axme.resources.base import Snapshot

WORDS = [*IntentStatus, "RESOLVED", "SLEEPING"]
SAID = {
    "status": st.sampled_from(WORDS),
    "waiting_reason": st.sampled_from([None, "WAITING_FOR_HUMAN", "WAITING_FOR_TIME"]),
    "pending_with": st.sampled_from([None, {"type": "human"}, {"type": "agent"}]),
    "handler": st.sampled_from([None, "agent://a/b/c"]),
    "status_alias": st.sampled_from(WORDS),
}
EVENTS = st.lists(st.fixed_dictionaries({"seq": st.integers(1, 12)}, optional={**SAID, "details": st.just({})}))
INTENTS = st.fixed_dictionaries(
    {}, optional={**SAID, "seq": st.integers(1, 6), "payload": st.just({"n": 1}), "lifecycle_status": st.just("OLD")}
)


def lived(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events up to the one that ends the intent: nothing follows it."""
    ends = [number for number, event in enumerate(events) if is_terminal(event.get("status", ""))]
    return events[: ends[0] + 1] if ends else events


@given(INTENTS, EVENTS, st.booleans(), st.lists(st.booleans(), min_size=1))
def test_looking_seldom_or_often_shows_the_same(
    intent: dict[str, Any], events: list[dict[str, Any]], complete: bool, looks: list[bool]
) -> None:
    one_by_one = followed = Snapshot(intent, complete=complete)
    for number, event in enumerate(lived(events)):
        done = advanced(one_by_one, event)
        one_by_one = Snapshot(done.raw, complete=done.complete)
        followed = advanced(followed, event)
        if looks[number % len(looks)]:
            assert (followed.raw, followed.complete) == (one_by_one.raw, one_by_one.complete)
    assert (followed.raw, followed.complete) == (one_by_one.raw, one_by_one.complete)


def test_who_is_asked_is_remembered_while_the_waiting_lasts() -> None:
    start = Snapshot({"status": "WAITING", "seq": 3, "waiting_reason": "WAITING_FOR_HUMAN"}, complete=True)
    replayed = advanced(start, {"seq": 2, "status": "WAITING", "waiting_reason": "WAITING_FOR_TIME"})
    reminded = advanced(advanced(replayed, {"seq": 4, "status": "WAITING"}), {"seq": 5, "status": "WAITING"})
    assert reminded.raw == {"status": "WAITING", "seq": 5, "waiting_reason": "WAITING_FOR_HUMAN"}
    assert advanced(reminded, {"seq": 6, "status": "IN_PROGRESS"}).raw == {"status": "IN_PROGRESS", "seq": 6}


def test_what_was_decoded_of_it_is_kept_until_it_moves() -> None:
    snapshot = advanced(Snapshot({"seq": 1}, complete=True), {"seq": 2, "status": "WAITING"})
    snapshot.decoded["status"] = IntentStatus.WAITING
    assert snapshot.decoded == {"status": IntentStatus.WAITING}
    assert advanced(snapshot, {"seq": 3, "status": "WAITING"}).decoded == {}
