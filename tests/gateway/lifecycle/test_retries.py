"""How often and when a failed delivery is tried again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axme.contract.statuses import EventType, IntentStatus
from axme.gateway.lifecycle.record import Event, IntentRecord
from axme.gateway.lifecycle.retries import (
    DEFAULT_ATTEMPTS,
    DEFAULT_DELAY_SECONDS,
    JITTER,
    LONGEST_DELAY_SECONDS,
    Policy,
    Retry,
    following,
    policy_of,
)
from axme.gateway.lifecycle.tries import history

SECOND = 1_000_000


def intent(**said: Any) -> IntentRecord:
    return IntentRecord(
        intent_id="i",
        org_id="o",
        workspace_id="w",
        to_scope="o/w",
        to_org_id="o",
        intent_type="order.v1",
        correlation_id="c",
        from_agent="a",
        to_agent="b",
        payload={},
        created_at=0,
        updated_at=0,
        **said,
    )


@pytest.mark.parametrize(
    ("said", "policy"),
    [
        ({}, Policy(DEFAULT_ATTEMPTS, DEFAULT_DELAY_SECONDS)),
        ({"max_delivery_attempts": 7}, Policy(7, DEFAULT_DELAY_SECONDS)),
        ({"controls": {"max_retries": 0}}, Policy(1, DEFAULT_DELAY_SECONDS)),
        ({"controls": {"max_retries": 3, "retry_delay_seconds": 10}}, Policy(4, 10)),
        ({"envelope": {"max_retry_count": 2, "retry_backoff_seconds": 0}}, Policy(3, 0)),
        ({"controls": {"max_retries": 1}, "envelope": {"max_retry_count": 9}}, Policy(2, DEFAULT_DELAY_SECONDS)),
        ({"max_delivery_attempts": 2, "controls": {"max_retries": 9}}, Policy(2, DEFAULT_DELAY_SECONDS)),
    ],
)
def test_the_policy_is_read_from_where_it_is_said(said: dict[str, Any], policy: Policy) -> None:
    assert policy_of(intent(**said)) == policy


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [following(Policy(100, 10), attempt, Retry()) for attempt in range(1, 8)]
    assert pauses == [seconds * SECOND for seconds in (10, 20, 40, 80, 160, 300, 300)]
    assert following(Policy(100, 900), 50, Retry()) == 900 * SECOND


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.integers(0, 10_000), st.floats(0, 1))
def test_there_is_a_next_attempt_exactly_while_some_are_left(
    attempts: int, attempt: int, delay: int, chance: float
) -> None:
    pause = following(Policy(attempts, delay), attempt, Retry(chance=chance))
    assert (pause is None) == (attempt >= attempts)
    if pause is not None:
        assert min(delay, LONGEST_DELAY_SECONDS) * SECOND <= pause
        assert pause <= max(delay, LONGEST_DELAY_SECONDS) * (1 + JITTER) * SECOND + 1


def test_a_worker_has_a_say() -> None:
    assert following(Policy(5, 10), 1, Retry(after_seconds=0.5)) == SECOND // 2
    assert following(Policy(5, 10), 1, Retry(retryable=False)) is None
    assert following(Policy(5, 10), 5, Retry(after_seconds=0.5)) is None


def event(seq: int, kind: EventType, status: IntentStatus, **details: Any) -> Event:
    return Event(seq, kind, status, seq * SECOND, "actor", details=details)


def test_the_history_has_an_entry_for_each_time_in_a_workers_hands() -> None:
    begun, running = EventType.IN_PROGRESS, IntentStatus.IN_PROGRESS
    told = history(
        [
            event(1, EventType.DELIVERED, IntentStatus.DELIVERED),
            event(2, begun, running, worker_id="a", attempt=1),
            event(3, begun, running, progress={"message": "half"}),
            event(4, EventType.DELIVERY_FAILED, running, reason="failed", error={"code": "e"}),
            event(5, begun, running, worker_id="b", attempt=2),
            event(6, begun, running, worker_id="c", attempt=2),
            event(7, EventType.WAITING, IntentStatus.WAITING),
            event(8, begun, running),
            event(9, begun, running, worker_id="d", attempt=2),
            event(10, EventType.COMPLETED, IntentStatus.COMPLETED),
        ]
    )
    assert [(one["worker_id"], one["attempt"], one["outcome"]) for one in told] == [
        ("a", 1, "failed"),
        ("b", 2, "given_back"),
        ("c", 2, "suspended"),
        ("d", 2, "completed"),
    ]
    assert told[0]["error"] == {"code": "e"}
    assert told[0]["ended_at"] == "1970-01-01T00:00:04.000000Z"
