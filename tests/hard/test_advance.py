"""Moving a test clock: what is refused, several who move it at once, writers meanwhile, and work that is no timer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from axme.gateway import LocalGateway
from tests.hard.conftest import INTENT
from tests.hard.kit import in_threads

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("by", [-HOUR, timedelta(microseconds=-1), 3600, "an hour", None])
def test_what_is_no_way_forward_is_refused_before_it_is_sent(movable_gateway: LocalGateway, by: timedelta) -> None:
    before = movable_gateway.advance(timedelta(0))
    with pytest.raises(ValueError, match="forward only"):
        movable_gateway.advance(by)
    assert movable_gateway.advance(timedelta(0)) == before


def test_more_than_ten_years_are_refused_and_months_are_not(movable_gateway: LocalGateway) -> None:
    before = movable_gateway.advance(timedelta(0))
    with pytest.raises(RuntimeError, match="at most ten years at a time"):
        movable_gateway.advance(timedelta(days=5000))
    assert movable_gateway.advance(timedelta(days=120)) == before + timedelta(days=120)
    assert movable_gateway.advance(timedelta(microseconds=1)) == before + timedelta(days=120, microseconds=1)


def test_several_who_advance_take_turns_and_miss_no_moment(movable_gateway: LocalGateway) -> None:
    before = movable_gateway.advance(timedelta(0))
    with movable_gateway.client() as client:
        due = {client.send_intent({**INTENT, "ttl_seconds": 600 * n}): before + n * HOUR / 6 for n in range(1, 31)}
        in_threads([lambda: movable_gateway.advance(HOUR)] * 6)
        assert movable_gateway.advance(timedelta(0)) == before + 6 * HOUR
        for intent_id, moment in due.items():
            assert datetime.fromisoformat(client.list_intent_events(intent_id)["events"][-1]["at"]) == moment


def test_intents_that_come_meanwhile_end_at_their_moments_too(movable_gateway: LocalGateway) -> None:
    begun: list[str] = []

    def write() -> None:
        with movable_gateway.client() as client:
            for n in range(1, 20):
                begun.append(client.send_intent({**INTENT, "ttl_seconds": 60 * n}))

    def move() -> None:
        for _ in range(30):
            movable_gateway.advance(timedelta(minutes=1))

    jobs: list[Callable[[], None]] = [write, write, move]
    in_threads(jobs)
    movable_gateway.advance(HOUR)
    with movable_gateway.client() as client:
        for intent_id in begun:
            intent = client.get_intent(intent_id)
            assert intent["status"] == "TIMED_OUT"
            assert intent["updated_at"] == intent["deadline_at"]


def test_a_step_that_is_tried_again_later_is_work_the_clock_stops_for(movable_gateway: LocalGateway) -> None:
    """A scenario's retry is a job, and no timer of an intent."""
    with movable_gateway.client() as client:
        retry = {"max_retries": 1, "retry_delay_seconds": 3600}
        step = {"step_id": "try", "tool_id": "tool.agent.task.v1", "assigned_to": "worker", "retry": retry}
        bundle = {
            "scenario_id": "again.v1",
            "agents": [{"role": "worker", "address": "worker", "create_if_missing": True}],
            "workflow": {"steps": [step]},
            "intent": {"type": "order.v1", "payload": {}},
        }
        client.apply_scenario(bundle)
        (first,) = [intent for intent in client.list_intents()["intents"] if intent.get("step_id")]
        client.resolve_intent(first["intent_id"], {"status": "FAILED", "error": {"code": "x"}})
        failed_at = movable_gateway.advance(timedelta(0))
        movable_gateway.advance(5 * HOUR)
        second = next(
            intent
            for intent in client.list_intents()["intents"]
            if intent.get("step_id") and intent["intent_id"] != first["intent_id"]
        )
        assert datetime.fromisoformat(second["created_at"]) == failed_at + HOUR
