"""Macros, and scenarios that name them, through objects against a real gateway."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from axme import AxmeClient, AxmeLookupError, AxmeNotFoundError, AxmeValidationError, Macro
from tests.plain import until


def bundle(macro_id: str, **parameters: Any) -> dict[str, Any]:
    return {
        "agents": [{"role": "checker", "address": f"checker-{uuid.uuid4().hex[:8]}", "create_if_missing": True}],
        "humans": [{"role": "boss"}],
        "workflow": {"macro_id": macro_id, "parameters": parameters},
        "intent": {"type": "order.check.v1", "payload": {"order": 7}},
    }


def test_macros_are_listed_and_found(client: AxmeClient) -> None:
    listed = client.macros.list()
    assert [macro.macro_id for macro in listed] == ["approval.v1", "work_then_approval.v1", "approval_then_work.v1"]
    macro = client.macros["approval_then_work.v1"]
    assert macro == client.macros.get(macro.id) == listed[2]
    assert macro.refresh().description
    assert macro.steps == ["approve", "work"]
    assert repr(macro) == "<Macro approval_then_work.v1>"
    needed = {parameter.name: parameter.required for parameter in macro.parameters}
    assert needed["agent"]
    assert not needed["title"]
    defaults = {parameter.name: parameter.default for parameter in macro.parameters}
    assert (defaults["approver"], defaults["max_retries"]) == (None, 0)
    assert repr(macro.parameters[0]) == "<MacroParameter agent>"


def test_what_is_no_macro(client: AxmeClient) -> None:
    with pytest.raises(AxmeNotFoundError, match=r"this gateway has approval\.v1"):
        client.macros.get("nothing.v1")
    with pytest.raises(AxmeLookupError, match="approval"):
        client.macros["nothing.v1"]


@pytest.mark.parametrize("macro_id", ["approval.v1", "work_then_approval.v1", "approval_then_work.v1"])
def test_a_scenario_by_macro_runs_to_its_end(client: AxmeClient, macro_id: str) -> None:
    macro: Macro = client.macros.get(macro_id)
    all_given = {"agent": "checker", "approver": "boss"}
    needed = {one.name: all_given[one.name] for one in macro.parameters if one.required}
    made = bundle(macro_id, **needed, title="Ship it?")
    assert client.scenarios.validate(made).valid
    order = client.scenarios.apply(made)
    for step_id in macro.steps:
        kind = "agent" if step_id == "work" else "human"
        until(lambda kind=kind: (order.refresh().raw.get("pending_with") or {}).get("type") == kind)
        if kind == "human":
            assert order.human_task is not None
            assert order.human_task["title"] == "Ship it?"
            order.decide("approved")
        else:
            with client.agents.handle(made["agents"][0]["address"]).listen(timeout=10) as arriving:
                next(arriving).complete({"checked": True})
    done = order.wait(timeout=10)
    assert done.status == "COMPLETED"
    assert done.result is not None
    assert sorted(done.result["steps"]) == sorted(macro.steps)


def test_a_macro_that_is_not_filled_is_refused(client: AxmeClient) -> None:
    made = bundle("work_then_approval.v1", agent="checker", colour="red")
    check = client.scenarios.validate(made)
    assert not check
    assert ["'approver'" in check.errors[0], "'colour'" in check.errors[1]] == [True, True]
    with pytest.raises(AxmeValidationError, match="needs 'approver'"):
        client.scenarios.apply(made)
