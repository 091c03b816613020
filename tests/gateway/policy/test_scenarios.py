"""From a bundle to its steps, and from one step to the next."""

from __future__ import annotations

from typing import Any

import pytest

from axme.contract.schemas.scenarios import ScenarioBundle
from axme.gateway.policy.scenarios import Compiled, compiled, following


def read(*steps: dict[str, Any], **workflow: Any) -> Compiled:
    bundle = {
        "agents": [{"role": "checker", "address": "agent://a/b/checker"}],
        "humans": [{"role": "boss", "contact": "boss@example.com"}],
        "workflow": {"steps": list(steps), **workflow},
        "intent": {"type": "order.v1"},
    }
    return compiled(ScenarioBundle().load(bundle))


def agent(name: str, **more: Any) -> dict[str, Any]:
    return {"step_id": name, "tool_id": "tool.agent.task.v1", "assigned_to": "checker", **more}


def human(name: str, **more: Any) -> dict[str, Any]:
    return {"step_id": name, "tool_id": "tool.approval.human_signoff", "assigned_to": "boss", **more}


def test_roles_become_addresses_and_people() -> None:
    steps, _, errors, warnings = read(agent("work"), human("sign"))
    assert (errors, warnings) == ([], [])
    assert [(step["kind"], step.get("to_agent"), step.get("assignee")) for step in steps] == [
        ("agent", "agent://a/b/checker", None),
        ("human", None, "boss@example.com"),
    ]


def walk(found: Compiled, succeeded: bool = True) -> list[str]:
    steps = found.steps
    seen, step = [], next(step for step in steps if step["step_id"] == found.entry)
    while step is not None and len(seen) < 9:
        seen.append(step["step_id"])
        step = following(steps, step["step_id"], succeeded=succeeded)  # type: ignore[assignment]
    return seen


def test_steps_run_in_order_until_one_says_otherwise() -> None:
    assert walk(read(agent("a"), human("b"), agent("c"))) == ["a", "b", "c"]
    assert walk(read(agent("a"), human("b"), agent("c")), succeeded=False) == ["a"]
    declared = read(agent("a", on_success="c", on_failure="b"), agent("b"), agent("c"))
    assert walk(declared) == ["a", "c"]
    assert walk(declared, succeeded=False) == ["a", "b"]
    assert walk(read(agent("a"), agent("b"), agent("c"), entry_step="b")) == ["b", "c"]


@pytest.mark.parametrize(
    ("steps", "more", "said"),
    [
        ([agent("a"), agent("a")], {}, "twice"),
        ([agent("a", on_success="b")], {}, "on_success names no step"),
        ([agent("a")], {"entry_step": "b"}, "entry_step names no step"),
        ([agent("a")], {"macro_id": "m"}, "no macro"),
        ([agent("a", runtime_type="human_approval")], {}, "give one of them"),
        ([{"step_id": "a", "runtime_type": "delay"}], {}, "does not say how long"),
        ([{"step_id": "a"}], {}, "needs a tool_id"),
        ([{"step_id": "a", "tool_id": "t", "assigned_to": "boss"}], {}, "needs a role of agents"),
    ],
)
def test_what_cannot_be_run(steps: list[dict[str, Any]], more: dict[str, Any], said: str) -> None:
    errors = read(*steps, **more).errors
    assert any(said in error for error in errors), errors
