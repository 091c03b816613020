"""Scenarios of agents and people, through objects against a real gateway."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from axme import AxmeClient, AxmeConflictError, AxmeIdempotencyWarning, AxmeValidationError, Intent, Scenario
from axme.gateway import LocalGateway
from tests.plain import until


def bundle(**changes: Any) -> dict[str, Any]:
    """An agent works, then a person signs."""
    name = f"checker-{uuid.uuid4().hex[:8]}"
    return {
        "scenario_id": "order-check.v1",
        "agents": [{"role": "checker", "address": name, "create_if_missing": True}],
        "humans": [{"role": "boss"}],
        "workflow": {
            "steps": [
                {"step_id": "check", "tool_id": "tool.agent.task.v1", "assigned_to": "checker"},
                {"step_id": "sign", "tool_id": "tool.approval.human_signoff", "assigned_to": "boss"},
            ]
        },
        "intent": {"type": "order.check.v1", "payload": {"order": 7}},
        **changes,
    }


def step_of(client: AxmeClient, made: dict[str, Any]) -> Intent:
    """The intent its agent was sent."""
    with client.agents.handle(made["agents"][0]["address"]).listen(timeout=10) as arriving:
        return next(arriving)


def waits_for(intent: Intent, kind: str) -> None:
    until(lambda: (intent.refresh().raw.get("pending_with") or {}).get("type") == kind)


def test_an_agent_works_and_a_person_signs(client: AxmeClient) -> None:
    made = bundle()
    assert client.scenarios.validate(made).valid
    order = client.scenarios.apply(made)
    waits_for(order, "agent")
    step = step_of(client, made)
    assert step.payload["parent_payload"] == {"order": 7}
    assert (step.raw["parent_intent_id"], step.raw["step_id"]) == (order.id, "check")
    step.resume({"action": "complete", "checked": True})
    waits_for(order, "human")
    assert order.id in [task["intent_id"] for task in client.list_my_tasks()["tasks"]]
    order.decide("approved", comment="fine")
    done = order.wait(timeout=10)
    assert done.status == "COMPLETED"
    assert done.result is not None
    assert done.result["steps"]["check"]["result"]["checked"] is True
    assert done.result["steps"]["sign"]["result"]["outcome"] == "approved"


def test_a_person_who_refuses_ends_it(client: AxmeClient) -> None:
    made = bundle()
    order = client.scenarios.apply(made)
    step_of(client, made).complete({})
    waits_for(order, "human")
    order.decide("rejected")
    assert order.wait(timeout=10).status == "CANCELED"


def test_a_failed_step_ends_it_or_takes_another_way(client: AxmeClient) -> None:
    made = bundle()
    order = client.scenarios.apply(made)
    step_of(client, made).fail("broken")
    ended = order.wait(timeout=10)
    assert (ended.status, ended.raw["error"]["step_id"]) == ("FAILED", "check")
    made = bundle()
    made["workflow"]["steps"][0]["on_failure"] = "sign"
    order = client.scenarios.apply(made)
    step_of(client, made).fail("broken")
    waits_for(order, "human")
    order.decide("approved")
    assert order.wait(timeout=10).status == "COMPLETED"


def test_canceling_it_cancels_the_step_in_hand(client: AxmeClient) -> None:
    made = bundle()
    order = client.scenarios.apply(made)
    step = step_of(client, made)
    order.cancel()
    assert step.wait(timeout=10).status == "CANCELED"


def test_steps_are_retried_and_have_deadlines(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        made = bundle()
        made["workflow"]["steps"][0] |= {
            "step_deadline_seconds": 60,
            "retry": {"max_retries": 1, "retry_delay_seconds": 10},
        }
        order = client.scenarios.apply(made)
        movable_gateway.advance(timedelta(seconds=61))
        assert order.refresh().waiting_reason == "WAITING_FOR_TIME"
        movable_gateway.advance(timedelta(seconds=11))
        assert len(client.intents.list(status="DELIVERED")) == 1
        movable_gateway.advance(timedelta(seconds=61))
        ended = order.refresh()
        assert (ended.status, ended.raw["error"]["message"]) == ("FAILED", "step_timeout")


def test_a_scenario_is_applied_once_for_a_key(client: AxmeClient) -> None:
    made, key = bundle(), uuid.uuid4().hex
    first = client.apply_scenario(made, idempotency_key=key)
    again = client.apply_scenario(made, idempotency_key=key)
    assert (first["idempotent"], again["idempotent"]) == (False, True)
    assert first | {"idempotent": True} == again
    assert first["agents_provisioned"] == [first["agents"][0]["address"]]
    assert client.apply_scenario(made)["agents_provisioned"] == []
    with pytest.warns(AxmeIdempotencyWarning), pytest.raises(AxmeConflictError):
        client.apply_scenario(bundle(), idempotency_key=key)


def test_what_is_wrong_is_said_before_anything_is_made(client: AxmeClient) -> None:
    made = bundle(workflow={"steps": [{"step_id": "a", "runtime_type": "delay"}]})
    check = client.scenarios.validate(Scenario.from_json(made))
    assert not check
    assert "runtime_config.seconds" in check.errors[0]
    with pytest.raises(AxmeValidationError):
        client.scenarios.apply(made)
    assert not client.scenarios.validate({})
    assert not client.scenarios.validate(bundle(intent={"type": 7}))
    names = [agent.address for agent in client.agents.list()]
    assert not any(name.endswith(made["agents"][0]["address"]) for name in names)
    elsewhere = bundle(agents=[{"role": "checker", "address": "agent://x/y/z", "create_if_missing": True}])
    with pytest.raises(AxmeValidationError, match="your own workspace"):
        client.scenarios.apply(elsewhere)
