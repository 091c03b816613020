"""A paused intent rests: it takes no result, and its time stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from axme.client import AxmeClient
from axme.exceptions import AxmeConflictError
from axme.gateway import LocalGateway
from tests.hard.conftest import INTENT

HOUR = timedelta(hours=1)


def _with_deadline(client: AxmeClient, gateway: LocalGateway, hours: int, **fields: object) -> str:
    deadline = gateway.advance(timedelta(0)) + hours * HOUR
    return client.send_intent({**INTENT, "deadline_at": deadline.isoformat(), **fields})


def _pause(client: AxmeClient, intent_id: str, paused: bool = True) -> None:
    client.update_intent_controls(intent_id, {"controls": {"paused": paused}})


def test_a_paused_intent_takes_no_result_until_it_goes_on(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        intent_id = client.send_intent(INTENT)
        _pause(client, intent_id)
        events = client.list_intent_events(intent_id)["events"]
        for body in ({"action": "complete"}, {"action": "fail"}, {"parcels": 1}):
            with pytest.raises(AxmeConflictError, match="paused") as caught:
                client.resume_intent(intent_id, body)
            assert caught.value.code == "intent_paused"
        for end in ({"status": "COMPLETED", "result": {}}, {"status": "FAILED", "error": {}}):
            with pytest.raises(AxmeConflictError, match="paused"):
                client.resolve_intent(intent_id, end)
        assert client.list_intent_events(intent_id)["events"] == events
        _pause(client, intent_id, paused=False)
        assert client.resume_intent(intent_id, {"action": "complete"})["intent"]["status"] == "COMPLETED"


def test_a_paused_task_takes_no_decision(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        intent_id = client.send_intent({**INTENT, "human_task": {}})
        _pause(client, intent_id)
        (thread,) = client.list_inbox(owner_agent="worker")["threads"]
        decisions: list[Callable[[], object]] = [
            lambda: client.approve_inbox_thread(thread["thread_id"], {}, owner_agent="worker"),
            lambda: client.reject_inbox_thread(thread["thread_id"], {}, owner_agent="worker"),
            lambda: client.decide_approval(intent_id, decision="approve"),
            lambda: client.resume_intent(intent_id, {"task_result": {"outcome": "approved"}}),
        ]
        for decide in decisions:
            with pytest.raises(AxmeConflictError, match="paused"):
                decide()
        _pause(client, intent_id, paused=False)
        client.approve_inbox_thread(thread["thread_id"], {}, owner_agent="worker")
        assert client.get_intent(intent_id)["status"] == "COMPLETED"


@pytest.mark.parametrize("crash", [False, True])
def test_its_deadline_stands_still(movable_gateway: LocalGateway, crash: bool) -> None:
    with movable_gateway.client() as client:
        intent_id = _with_deadline(client, movable_gateway, 2)
        other = _with_deadline(client, movable_gateway, 2)
        first = datetime.fromisoformat(client.get_intent(intent_id)["deadline_at"])
        movable_gateway.advance(HOUR)
        _pause(client, intent_id)
        movable_gateway.advance(100 * HOUR)
        if crash:
            movable_gateway.kill()
            movable_gateway.restart()
        assert client.get_intent(other)["status"] == "TIMED_OUT"
        assert client.get_intent(intent_id)["status"] == "DELIVERED"
        client.resume_intent(intent_id, {})
        assert datetime.fromisoformat(client.get_intent(intent_id)["deadline_at"]) == first + 100 * HOUR
        movable_gateway.advance(HOUR - timedelta(seconds=1))
        assert client.get_intent(intent_id)["status"] != "TIMED_OUT"
        movable_gateway.advance(timedelta(seconds=1))
        assert client.get_intent(intent_id)["status"] == "TIMED_OUT"


def test_its_reminders_stand_still(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        intent_id = client.send_intent({**INTENT, "human_task": {}, "remind_after_seconds": 3600})
        movable_gateway.advance(HOUR / 2)
        for _ in range(3):
            _pause(client, intent_id)
            movable_gateway.advance(10 * HOUR)
            assert client.get_intent(intent_id)["remind_count"] == 0
            _pause(client, intent_id, paused=False)
        movable_gateway.advance(HOUR / 2)
        assert client.get_intent(intent_id)["remind_count"] == 1


def test_a_paused_intent_can_still_be_canceled(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        intent_id = client.send_intent(INTENT)
        _pause(client, intent_id)
        assert client.resolve_intent(intent_id, {"status": "CANCELED"})["intent"]["status"] == "CANCELED"


def test_a_deadline_at_the_end_of_the_calendar_survives_a_pause(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        intent_id = client.send_intent({**INTENT, "deadline_at": "9999-12-31T23:00:00Z"})
        _pause(client, intent_id)
        movable_gateway.advance(2 * HOUR)
        _pause(client, intent_id, paused=False)
        assert client.get_intent(intent_id)["deadline_at"].startswith("9999-12-31T23:59:59")
