"""From a macro to the steps it stands for."""

from __future__ import annotations

from typing import Any

import pytest

from axme.contract.schemas.scenarios import ScenarioBundle, ScenarioWorkflow
from axme.gateway.policy.macros import MACROS, Expanded, expand
from axme.gateway.policy.scenarios import compiled

BOTH = {"agent": "checker", "approver": "boss"}


def read(macro_id: str, *steps: dict[str, Any], **parameters: Any) -> Expanded:
    return expand(ScenarioWorkflow().load({"macro_id": macro_id, "parameters": parameters, "steps": list(steps)}))


def compile_with(**workflow: Any) -> Any:
    bundle = {
        "agents": [{"role": "checker", "address": "agent://a/b/checker"}],
        "humans": [{"role": "boss", "contact": "boss@example.com"}],
        "workflow": workflow,
        "intent": {"type": "order.v1"},
    }
    return compiled(ScenarioBundle().load(bundle))


@pytest.mark.parametrize(
    ("macro_id", "parameters", "kinds"),
    [
        ("approval.v1", {"approver": "boss"}, ["human"]),
        ("work_then_approval.v1", BOTH, ["agent", "human"]),
        ("approval_then_work.v1", BOTH, ["human", "agent"]),
    ],
)
def test_a_macro_is_its_steps(macro_id: str, parameters: dict[str, str], kinds: list[str]) -> None:
    steps, _, errors, warnings = compile_with(macro_id=macro_id, parameters=parameters)
    assert (errors, warnings) == ([], [])
    assert [step["kind"] for step in steps] == kinds
    for step in steps:
        assert (step.get("assignee"), step.get("to_agent")) in {
            ("boss@example.com", None),
            (None, "agent://a/b/checker"),
        }


def test_every_macro_is_tried_above() -> None:
    assert set(MACROS) == {"approval.v1", "work_then_approval.v1", "approval_then_work.v1"}


def test_parameters_have_defaults_and_keep_their_kind() -> None:
    work, approve = read("work_then_approval.v1", **BOTH).steps
    assert (work["step_deadline_seconds"], work["retry"]["max_retries"]) == (86_400, 0)
    assert approve["human_task"]["title"] == "Please approve"
    given = read("work_then_approval.v1", **BOTH, max_retries=2, step_deadline_seconds=60, title="Ship it?")
    work, approve = given.steps
    assert (work["step_deadline_seconds"], work["retry"]["max_retries"]) == (60, 2)
    assert approve["human_task"]["title"] == "Ship it?"
    assert read("approval.v1", approver="boss", title=None).steps[0]["human_task"]["title"] == "Please approve"


def test_a_written_step_overrides_fields_of_the_one_with_its_id() -> None:
    change = {"step_id": "approve", "assigned_to": "chief", "remind_after_seconds": 60}
    work, approve = read("work_then_approval.v1", change, **BOTH).steps
    assert (approve["assigned_to"], approve["remind_after_seconds"]) == ("chief", 60)
    assert approve["human_task"]["title"] == "Please approve"
    assert work["assigned_to"] == "checker"
    assert read("work_then_approval.v1", **BOTH).steps[1]["assigned_to"] == "boss"


@pytest.mark.parametrize(
    ("macro_id", "steps", "parameters", "said"),
    [
        ("nothing.v1", [], {}, "there is no macro 'nothing.v1': this gateway has approval.v1"),
        ("approval.v1", [], {}, "approval.v1 needs 'approver' (who decides"),
        ("approval.v1", [], {"approver": None}, "approval.v1 needs 'approver'"),
        ("approval.v1", [], {"approver": "b", "colour": 1}, "has no 'colour', only approver, title"),
        ("approval.v1", [{"step_id": "x"}], {"approver": "b"}, "has no step 'x', only approve"),
        ("approval.v1", [{"step_id": "approve"}] * 2, {"approver": "b"}, "'approve' is there twice"),
        ("approval.v1", [], {"approver": 7}, "workflow.steps.approve.assigned_to: Not a valid string."),
        ("approval.v1", [], {"approver": "b", "title": ["x"]}, "approve.human_task.title: Not a valid string."),
        ("work_then_approval.v1", [], BOTH | {"max_retries": -1}, "work.retry.max_retries: Must be"),
    ],
)
def test_what_does_not_fit_is_said(
    macro_id: str, steps: list[dict[str, Any]], parameters: dict[str, Any], said: str
) -> None:
    found = read(macro_id, *steps, **parameters)
    assert found.steps == []
    assert any(said in error for error in found.errors), found.errors
    assert compile_with(macro_id=macro_id, steps=steps, parameters=parameters).errors == found.errors


def test_parameters_without_a_macro_are_wondered_at() -> None:
    step = {"step_id": "a", "runtime_type": "human_approval"}
    _, _, errors, warnings = compile_with(steps=[step], parameters={"approver": "boss"})
    assert errors == []
    assert "no workflow.macro_id" in warnings[0]
