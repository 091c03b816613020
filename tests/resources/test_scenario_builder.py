"""Scenarios written in Python, and what they look like as bundles."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from axme import AxmeClient, AxmeLookupError, AxmeValueError, HumanTask, Scenario
from axme.contract.schemas.scenarios import ScenarioBundle
from axme.gateway import LocalGateway
from axme.gateway.policy.scenarios import compiled

DEPLOY = (
    Scenario("deploy.v1", payload={"version": 7}, deadline=timedelta(days=2))
    .agent("builder")
    .human("lead", contact="lead@example.com")
    .human("boss")
    .step("build", by="builder", retries=2, deadline=timedelta(minutes=10), on_failure="undo", input={"fast": True})
    .remind(timedelta(hours=1), "please look")
    .escalate((timedelta(hours=4), "boss"))
    .approve("sign-off", by="lead", task=HumanTask.review("Ship it?"), on_failure="undo")
    .delay(timedelta(minutes=5))
    .delay(timedelta(minutes=6))
    .notify("lead", "shipped")
    .step("undo", by="builder")
)


def test_it_becomes_a_bundle_that_the_gateway_takes() -> None:
    found = compiled(ScenarioBundle().load(DEPLOY.to_dict()))
    assert (found.errors, found.warnings) == ([], [])
    ways = {step["step_id"]: (step.get("on_success"), step.get("on_failure")) for step in found.steps}
    assert ways == {
        "build": ("reminder", "undo"),
        "reminder": ("escalation", None),
        "escalation": ("sign-off", None),
        "sign-off": ("delay", "undo"),
        "delay": ("delay-2", None),
        "delay-2": ("notification", None),
        "notification": (None, None),
        "undo": (None, None),
    }


def test_a_line_without_ways_stays_one_and_a_way_back_is_no_side_way() -> None:
    line = Scenario("a.v1").agent("x").step("a", by="x").step("b", by="x")
    assert not any("on_success" in step for step in line.to_dict()["workflow"]["steps"])
    back = Scenario("a.v1").agent("x").human("y").step("a", by="x").approve("b", by="y", on_failure="a").notify("y")
    steps = back.to_dict()["workflow"]["steps"]
    assert [step.get("on_success") for step in steps] == ["b", "notification", None]


def test_it_does_not_change() -> None:
    first = Scenario("a.v1").agent("x")
    second = first.step("a", by="x")
    assert (repr(first), repr(second)) == ("<Scenario a.v1: one step>", "<Scenario a.v1: a>")
    second.to_dict()["workflow"]["steps"].clear()
    assert second == first.step("a", by="x") != first
    assert len({second, first.step("a", by="x")}) == 1


def test_it_goes_to_json_and_back(tmp_path: Path) -> None:
    path = tmp_path / "deploy.json"
    path.write_text(DEPLOY.to_json())
    for source in (path, str(path), DEPLOY.to_json(), DEPLOY.to_dict()):
        assert Scenario.from_json(source) == DEPLOY
    foreign = {"x-own": 1, "intent": {"type": "a.v1"}, "workflow": {"steps": [{"step_id": "a", "on_failure": "b"}]}}
    foreign["workflow"]["steps"].append({"step_id": "b"})  # type: ignore[index]
    assert Scenario.from_json(foreign).to_dict() == foreign, "what was loaded is left as it is"
    assert json.loads(Scenario.from_json(foreign).to_json()) == foreign


def test_a_moment_is_sent_as_one() -> None:
    intent = Scenario("a.v1", deadline=datetime(2030, 1, 1, tzinfo=UTC)).to_dict()["intent"]
    assert intent == {"type": "a.v1", "payload": {}, "deadline_at": "2030-01-01T00:00:00.000000Z"}


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda: Scenario("x"), "deploy.v1"),
        (lambda: Scenario("a.v1").step("a", by="nobody"), "call .agent('nobody') first"),
        (lambda: Scenario("a.v1").agent("x").approve("a", by="x"), "among the humans (none)"),
        (lambda: Scenario("a.v1").agent("x").human("x"), "there already"),
        (lambda: Scenario("a.v1").agent("x").step("a", by="x").step("a", by="x"), "already"),
        (lambda: Scenario("a.v1").delay(timedelta(0)), "above 0"),
        (lambda: Scenario("a.v1").escalate(), "to whom"),
        (lambda: Scenario("a.v1").agent("x").step("a", by="x", on_failure="b").to_dict(), "names no step: 'b'"),
        (lambda: Scenario.from_json("{}"), "'intent'"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_written(write: object, said: str) -> None:
    with pytest.raises(AxmeValueError, match=said.replace("(", r"\(").replace(")", r"\)")):
        write()  # type: ignore[operator]


def test_a_run_tells_of_its_agents_and_its_steps(client: AxmeClient) -> None:
    plan = (
        Scenario("tables.v1")
        .agent("maker", "table-maker")
        .human("judge", contact="judge@example.com")
        .step("make", by="maker")
        .approve("judge-it", by="judge", title="Good?")
    )
    assert client.scenarios.validate(plan)
    run = client.scenarios.apply(plan)
    assert run.agents["maker"].endswith("/table-maker")
    assert run.agents_provisioned == [run.agents["maker"]]
    assert [step.status for step in run.steps] == ["running", "pending"]
    assert run.agents_provisioned, "the refresh has not forgotten it"
    step_id = run.steps["make"].step_intent_id
    assert step_id is not None
    step = client.intents.get(step_id)
    assert (step.parent_intent_id, step.step_id, len(step.steps)) == (run.id, "make", 0)
    step.complete({"legs": 4})
    with run.observe(timeout=20) as events:
        asked = next(event for event in events if event.event_type == "intent.human_task_assigned")
    assert (asked.details or {})["step_id"] == "judge-it"
    run.decide("approved", comment="sturdy")
    assert run.wait(timeout=20).status == "COMPLETED"
    assert repr(run.steps).splitlines()[2].split() == [
        "2", "judge-it", "human", "completed", "judge@example.com", "approved",
    ]  # fmt: skip
    with pytest.raises(AxmeLookupError, match="there are make, judge-it"):
        run.steps["paint"]
    assert repr(step.steps) == "no steps: this intent leads no scenario"


def test_a_deadline_counts_by_the_gateways_clock(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        run = client.scenarios.apply(Scenario("wait.v1", deadline=timedelta(minutes=1)).delay(timedelta(hours=1)))
        assert run.next_wakeup_at is not None
        movable_gateway.advance(timedelta(seconds=61))
        assert run.refresh().status == "TIMED_OUT"
        assert run.steps["delay"].status == "canceled"
