"""The life of an intent as lines: what stands in them, and what never does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.display.story import Story, since, story

ANNA = {"pending_with": {"type": "human", "name": "anna@example.com"}}
DECIDED = {"task_result": {"outcome": "approved", "comment": "Fine."}, "decided_by": "anna@example.com"}


def _event(at: str, kind: str, status: str = "WAITING", **more: Any) -> dict[str, Any]:
    return {"at": f"2026-11-{at}:00Z", "event_type": f"intent.{kind}", "status": status, "details": {}, **more}


LIFE = [
    _event("22T12:00", "created", "CREATED"),
    _event("22T12:00", "waiting", **ANNA),
    _event("22T12:00", "human_task_assigned", **ANNA),
    _event("22T20:00", "reminder", **ANNA | {"details": {"remind_count": 1}}),
    _event("24T12:30", "escalated", pending_with={"ref": "director@example.com"}),
    _event("24T13:00", "in_progress", "IN_PROGRESS", details=DECIDED),
    _event("24T13:00", "completed", "COMPLETED", handler="shop"),
]


def test_a_life_is_told_in_aligned_lines() -> None:
    assert story(LIFE) == [
        "  +0:00:00  created",
        "  +0:00:00  waiting              for anna@example.com",
        "  +0:00:00  human_task_assigned",
        "  +8:00:00  reminder             no. 1",
        "+2 d 00:30  escalated            for director@example.com",
        "+2 d 01:00  in_progress          approved by anna@example.com: Fine.",
        "+2 d 01:00  completed            by shop",
    ]


def test_who_is_waited_for_is_known_after_each_event() -> None:
    told = Story()
    holders = [(told.tell(event), told.holder)[1] for event in LIFE]
    assert holders == ["", *["anna@example.com"] * 3, "director@example.com", "", ""]


@pytest.mark.parametrize(
    ("details", "about"),
    [
        ({"error": {"message": "no stock"}}, "no stock"),
        ({"error": "no stock"}, "no stock"),
        ({"reason": "left over"}, "left over"),
        ({"task_result": {"outcome": "rejected"}}, "rejected"),
        (None, ""),
    ],
)
def test_an_end_says_why(details: Any, about: str) -> None:
    assert story([_event("22T12:00", "failed", "FAILED", details=details)])[0] == f"+0:00:00  failed  {about}".rstrip()


def test_moments_are_counted_from_the_first() -> None:
    assert [since(timedelta(**time)) for time in ({}, {"hours": 23, "seconds": 7}, {"days": 1}, {"days": 400})] == [
        "+0:00:00",
        "+23:00:07",
        "+1 d 00:00",
        "+400 d 00:00",
    ]


@given(st.text(), st.text())
def test_nothing_moves_a_cursor(comment: str, name: str) -> None:
    details = {"task_result": {"outcome": name, "comment": comment}, "reason": comment}
    for line in story([_event("22T12:00", "x", pending_with={"name": name}, details=details)]):
        assert line.isprintable()
