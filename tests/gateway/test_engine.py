"""Timers: each fires once, in order, never early, and not for what has ended or stands still (contract 2.9)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from axme.contract.clock import MovableClock, SystemClock, to_micros, to_text
from axme.gateway.actions import inbox
from axme.gateway.engine import Engine
from axme.gateway.errors import GatewayError
from axme.gateway.store import Store, topics
from tests.gateway.rig import Rig, race


def due(rig: Rig, **after: float) -> str:
    """A moment after now, as a client writes it."""
    return to_text(rig.clock.now() + timedelta(**after))


def test_a_deadline_ends_the_intent_once_and_not_a_moment_early(rig: Rig) -> None:
    intent_id = rig.create(deadline_at=due(rig, hours=1), reply_to="boss")
    assert rig.intent(intent_id)["due_at"] == rig.intent(intent_id)["deadline_at"]
    assert rig.advance(seconds=3599, microseconds=999_999) == 0
    assert rig.advance(microseconds=1) == 1
    assert rig.story(intent_id)[3:] == ["timed_out"]
    assert rig.intent(intent_id)["status"] == "TIMED_OUT"
    assert rig.advance(days=9) == 0
    assert len(rig.do(inbox.list_threads, owner="boss", status=None)["items"]) == 1


def test_a_deadline_that_is_past_ends_the_intent_at_once(rig: Rig) -> None:
    intent_id = rig.create(deadline_at=due(rig, hours=-1))
    assert rig.engine.run_due() == 1
    assert rig.intent(intent_id)["status"] == "TIMED_OUT"


def test_reminders_come_at_their_times_and_then_the_escalation(rig: Rig) -> None:
    intent_id = rig.create(
        human_task={"assignees": ["mia@example.com"]},
        remind_after_seconds=60,
        remind_interval_seconds=30,
        max_reminders=2,
        escalate_to="user://ops-lead",
    )
    begun = rig.clock.now()
    while "escalated" not in rig.story(intent_id):
        rig.advance(seconds=10)
    told = [
        (event["event_type"], (time_of(event) - to_micros(begun)) // 1_000_000, event["pending_with"]["ref"])
        for event in rig.events(intent_id)[4:]
    ]
    assert told == [
        ("intent.reminder", 60, "mia@example.com"),
        ("intent.reminder", 90, "mia@example.com"),
        ("intent.escalated", 120, "user://ops-lead"),
    ]
    assert rig.events(intent_id)[-1]["details"] == {"escalated_to": "user://ops-lead"}
    intent = rig.intent(intent_id)
    assert (intent["remind_count"], intent["status"]) == (2, "WAITING")
    assert rig.advance(days=1) == 0
    rig.resume(intent_id, {"task_result": {"outcome": "approved"}})


def time_of(event: dict[str, Any]) -> int:
    """When an event happened, in microseconds."""
    from datetime import datetime

    return to_micros(datetime.fromisoformat(event["at"]))


def test_everything_due_fires_in_order_when_the_clock_leaps(rig: Rig) -> None:
    ids = [rig.create(deadline_at=due(rig, hours=hours)) for hours in (3, 1, 2)]
    asked = rig.create(human_task={}, remind_after_seconds=3600, max_reminders=2)
    rig.notices.clear()
    assert rig.advance(hours=3) == 4
    ended = [n.topic for n in rig.notices if n.data and n.data["event_type"] == "intent.timed_out"]
    assert ended == [topics.intent(ids[n]) for n in (1, 2, 0)]
    assert rig.story(asked)[4:] == ["reminder"]


def test_what_has_ended_is_left_alone(rig: Rig) -> None:
    decided = rig.create(human_task={}, remind_after_seconds=10, deadline_at=due(rig, hours=1))
    canceled = rig.create(deadline_at=due(rig, hours=1))
    rig.resume(decided, {"task_result": {"outcome": "approved"}})
    rig.resolve(canceled, "CANCELED")
    assert rig.advance(days=1) == 0


def test_a_nudged_task_still_waits_and_is_reminded_of(rig: Rig) -> None:
    intent_id = rig.create(human_task={}, remind_after_seconds=10)
    rig.resume(intent_id, {})
    rig.advance(days=1)
    assert rig.intent(intent_id)["status"] == "WAITING"
    assert rig.story(intent_id)[-1] == "reminder"


def test_a_pause_stops_the_clock_of_an_intent(rig: Rig) -> None:
    intent_id = rig.create(human_task={}, deadline_at=due(rig, hours=2), remind_after_seconds=3600)
    rig.advance(minutes=30)
    rig.controls(intent_id, {"controls": {"paused": True}})
    assert rig.advance(days=5) == 0
    rig.controls(intent_id, {"controls": {"paused": False}})
    assert rig.intent(intent_id)["deadline_at"] == due(rig, minutes=90)
    assert rig.advance(minutes=29) == 0
    assert rig.advance(minutes=1) == 1
    assert rig.story(intent_id)[-1] == "reminder"
    rig.advance(minutes=60)
    assert rig.story(intent_id)[-1] == "timed_out"


def test_a_deadline_set_while_paused_counts_from_going_on(rig: Rig) -> None:
    intent_id = rig.create()
    rig.controls(intent_id, {"controls": {"paused": True}})
    rig.advance(hours=1)
    rig.controls(intent_id, {"controls": {"timeout_seconds": 60}})
    assert rig.advance(hours=5) == 0
    rig.resume(intent_id, {})
    assert rig.advance(seconds=59) == 0
    assert rig.advance(seconds=1) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda rig, i: rig.controls(i, {"controls": {"timeout_seconds": 60}}),
        lambda rig, i: rig.policy(i, {"envelope": {"ttl_seconds": 60, "execution_timeout_seconds": 90}}),
        lambda rig, i: rig.policy(i, {"policy": {"envelope": {"expires_at": due(rig, seconds=60)}}}),
    ],
)
def test_controls_and_policy_set_the_deadline_anew(rig: Rig, change: Callable[[Rig, str], Any]) -> None:
    sooner, never = rig.create(deadline_at=due(rig, days=9)), rig.create(deadline_at=due(rig, seconds=10))
    change(rig, sooner)
    rig.controls(never, {"controls": {"timeout_seconds": None}})
    assert rig.intent(sooner)["deadline_at"] == due(rig, seconds=60)
    assert "deadline_at" not in rig.intent(never)
    assert rig.advance(seconds=59) == 0
    assert rig.advance(seconds=1) == 1
    assert rig.intent(sooner)["status"] == "TIMED_OUT"


def test_reminders_asked_for_by_hand_replace_those_before(rig: Rig) -> None:
    intent_id = rig.create()
    rig.controls(intent_id, {"controls": {"reminders": [{"offset_seconds": 5, "note": "old"}]}})
    rig.controls(
        intent_id, {"controls": {"reminders": [{"offset_seconds": 60, "note": "second"}, {"offset_seconds": 30}]}}
    )
    rig.advance(minutes=2)
    notes = [event["details"]["note"] for event in rig.events(intent_id) if event["event_type"] == "intent.reminder"]
    assert notes == ["", "second"]


def test_deadline_and_resolves_at_once_leave_one_end(rig: Rig) -> None:
    ids = [rig.create(deadline_at=due(rig, seconds=1)) for _ in range(30)]
    rig.clock.advance(timedelta(seconds=2))
    calls: list[Callable[[], Any]] = [
        lambda i=i, status=status: rig.resolve(i, status) for i in ids for status in ("COMPLETED", "FAILED", "CANCELED")
    ]
    results = race([*calls, rig.engine.run_due, rig.engine.run_due], 8)
    while rig.engine.run_due():
        pass
    refused = [result.code.code for result in results if isinstance(result, GatewayError)]
    assert set(refused) == {"intent_terminal"}
    for intent_id in ids:
        events = rig.events(intent_id)
        ends = [event for event in events if event["status"] in {"COMPLETED", "FAILED", "CANCELED", "TIMED_OUT"}]
        assert ends == [events[-1]]
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


def test_two_hundred_intents_of_sixteen_racers_end_once_each(rig: Rig) -> None:
    ids = [rig.create() for _ in range(200)]
    words = ("COMPLETED", "FAILED", "CANCELED", "COMPLETED")
    calls = [lambda i=i, n=n: rig.resolve(i, words[n % 4]) for i in ids for n in range(16)]
    won = [result for result in race(calls, 16) if not isinstance(result, GatewayError)]
    assert len(won) == 200
    assert {result["intent"]["intent_id"] for result in won} == set(ids)
    for result in won:
        assert rig.intent(result["intent"]["intent_id"])["status"] == result["event"]["status"]


def test_a_sleeping_engine_wakes_for_what_is_committed(database_url: str) -> None:
    """On the real clock: a job that comes while it sleeps is done when due, without polling."""
    rig = Rig(database_url)
    rig.close()
    store = Store.open(database_url, SystemClock())
    engine = Engine(store)
    store.on_commit = engine.notice
    engine.start()
    try:
        rig.store, rig.clock = store, MovableClock()
        time.sleep(0.2)
        intent_id = rig.create(deadline_at=to_text(SystemClock().now() + timedelta(seconds=0.4)))
        until = time.monotonic() + 10
        while rig.intent(intent_id)["status"] != "TIMED_OUT" and time.monotonic() < until:
            time.sleep(0.02)
        intent = rig.intent(intent_id)
        assert intent["status"] == "TIMED_OUT"
        assert intent["updated_at"] >= intent["deadline_at"]
    finally:
        engine.stop()
        store.close()


def test_two_nodes_share_the_work(postgres_server: str) -> None:
    from tests import postgres

    with postgres.database(postgres_server) as url:
        rig = Rig(url)
        second = Store.open(url, rig.clock)
        try:
            ids = [rig.create(deadline_at=due(rig, seconds=n)) for n in range(40)]
            rig.clock.advance(timedelta(minutes=5))
            done = race([rig.engine.run_due, Engine(second).run_due], 2)
            while more := rig.engine.run_due():
                done.append(more)
            assert sum(n for n in done if isinstance(n, int)) == 40
            assert {tuple(rig.story(i)[3:]) for i in ids} == {("timed_out",)}
        finally:
            second.close()
            rig.close()
