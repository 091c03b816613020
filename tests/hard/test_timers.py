"""Deadlines, reminders and escalations on a clock the test moves: each once, in order, over crashes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from axme.client import AxmeClient
from axme.gateway import LocalGateway
from tests.databases import rows
from tests.hard.conftest import INTENT

HOUR = timedelta(hours=1)
TASK = {
    **INTENT,
    "human_task": {"assignees": ["user://first"]},
    "remind_after_seconds": 3600,
    "remind_interval_seconds": 1800,
    "max_reminders": 3,
    "escalate_to": "user://boss",
}
REMINDED = ["intent.reminder"] * 3


def _types(client: AxmeClient, intent_id: str) -> list[str]:
    events = client.list_intent_events(intent_id)["events"]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    return [event["event_type"] for event in events[4:]]


def _task(client: AxmeClient, gateway: LocalGateway, hours: int) -> str:
    deadline = gateway.advance(timedelta(0)) + hours * HOUR
    return client.send_intent({**TASK, "deadline_at": deadline.isoformat()})


def _minutes_after(client: AxmeClient, intent_id: str) -> list[int]:
    created = datetime.fromisoformat(client.get_intent(intent_id)["created_at"])
    events: list[dict[str, Any]] = client.list_intent_events(intent_id)["events"][4:]
    return [round((datetime.fromisoformat(event["at"]) - created) / timedelta(minutes=1)) for event in events]


@pytest.mark.parametrize("crash", [False, True])
def test_step_by_step(movable_gateway: LocalGateway, crash: bool) -> None:
    with movable_gateway.client() as client:
        intent_id = _task(client, movable_gateway, 4)
        seen = []
        for _ in range(9):
            movable_gateway.advance(HOUR / 2)
            if crash:
                movable_gateway.kill()
                movable_gateway.restart()
            seen.append(len(_types(client, intent_id)))
        assert seen == [0, 1, 2, 3, 4, 4, 4, 5, 5]
        assert _types(client, intent_id) == [*REMINDED, "intent.escalated", "intent.timed_out"]
        assert _minutes_after(client, intent_id) == [60, 90, 120, 150, 240]
        events = client.list_intent_events(intent_id)["events"][4:]
        assert [event["pending_with"]["ref"] for event in events[:4]] == ["user://first"] * 3 + ["user://boss"]
        assert client.get_intent(intent_id)["remind_count"] == 3


def test_all_at_once_happens_in_the_same_order_and_at_the_same_times(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        tasks = [_task(client, movable_gateway, 4) for _ in range(5)]
        movable_gateway.advance(72 * HOUR)
        for intent_id in tasks:
            assert _types(client, intent_id) == [*REMINDED, "intent.escalated", "intent.timed_out"]
            assert _minutes_after(client, intent_id) == [60, 90, 120, 150, 240]


def test_what_fell_due_while_the_gateway_was_dead_fires_once(fresh_gateway: LocalGateway) -> None:
    """On the real clock, with many killed just before."""
    with fresh_gateway.client() as client:
        intents = []
        for _ in range(40):
            intent_id = client.send_intent(INTENT)
            client.update_intent_controls(intent_id, {"controls": {"timeout_seconds": 1}})
            intents.append(intent_id)
        fresh_gateway.kill()
        for _ in range(3):
            fresh_gateway.restart()
            fresh_gateway.kill()
        fresh_gateway.restart()
        for intent_id in intents:
            assert client.wait_for(intent_id, timeout_seconds=30)["status"] == "TIMED_OUT"
            events = client.list_intent_events(intent_id)["events"]
            assert [event["event_type"] for event in events[3:]] == ["intent.timed_out"]
    assert rows(fresh_gateway.data_dir, "SELECT count(*) FROM jobs WHERE intent_id IS NOT NULL") == [(0,)]


def test_a_decision_in_time_leaves_nothing_to_fire(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        intent_id = _task(client, movable_gateway, 4)
        movable_gateway.advance(1.25 * HOUR)
        client.decide_approval(intent_id, decision="approve")
        movable_gateway.kill()
        movable_gateway.restart()
        movable_gateway.advance(24 * HOUR)
        assert _types(client, intent_id) == ["intent.reminder", "intent.in_progress", "intent.completed"]
    assert rows(movable_gateway.data_dir, "SELECT count(*) FROM jobs WHERE intent_id IS NOT NULL") == [(0,)]


def test_a_test_clock_stands_where_it_was_put_over_a_restart(movable_gateway: LocalGateway) -> None:
    put = movable_gateway.advance(1000 * HOUR)
    movable_gateway.kill()
    movable_gateway.restart()
    assert movable_gateway.advance(timedelta(0)) == put
    movable_gateway.restart()
    assert movable_gateway.advance(HOUR) == put + HOUR
