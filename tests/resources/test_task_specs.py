"""Building what a person is asked: every type, and each mistake refused with a sentence before anything is sent."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from axme import AxmeClient, AxmeValueError, HumanTask, HumanTaskSpec
from axme.contract import jsontext
from axme.contract.human_tasks import TASK_TYPES

CITY = {"properties": {"city": {"type": "string"}}, "required": ["city"]}
BUILT: dict[str, HumanTaskSpec] = {
    "approval": HumanTask.approval("Go?", notify="approver@example.com"),
    "confirmation": HumanTask.confirmation("Go?", description="Now."),
    "review": HumanTask.review("Go?", assignees=["anna@example.com", "role:ops"]),
    "assignment": HumanTask.assignment("Go?", form_schema=CITY),
    "form": HumanTask.form("Go?", schema=CITY),
    "clarification": HumanTask.clarification("Go?"),
    "manual_action": HumanTask.manual_action("Go?", evidence_required=True),
    "override": HumanTask.override("Go?", required_comment=True),
    **{name: HumanTask.of_type(name, "Go?") for name in TASK_TYPES if not TASK_TYPES[name].outcomes},
}


@pytest.mark.parametrize("name", TASK_TYPES)
def test_each_type_has_its_builder_and_the_gateway_takes_what_it_builds(name: str, client: AxmeClient) -> None:
    spec = BUILT[name]
    assert (spec["title"], spec["task_type"], repr(spec)) == ("Go?", name, f"<HumanTaskSpec {name} 'Go?'>")
    intent = client.intents.create("a.task.v1", to="manager", human_task=spec)
    assert intent.human_task == spec
    assert client.tasks.get(intent.id).task_type == name


def test_the_flat_call_takes_it_inside_its_dict(client: AxmeClient) -> None:
    body = {"intent_type": "a.task.v1", "to_agent": "manager", "human_task": HumanTask.approval("Go?")}
    assert client.create_intent(body)["status"] == "WAITING"


def test_what_was_not_said_is_not_sent() -> None:
    assert HumanTask.approval("Go?").to_dict() == {"task_type": "approval", "title": "Go?"}
    full = HumanTask.review("Go?", allowed_outcomes=("ship", "hold"), assignees=["anna"], notify="a@example.com")
    assert full.to_dict() == {
        "task_type": "review",
        "title": "Go?",
        "allowed_outcomes": ["ship", "hold"],
        "assignees": ["anna"],
        "notify_email": "a@example.com",
    }


def test_it_stays_as_it_was_checked() -> None:
    spec = HumanTask.form("Go?", schema=CITY)
    for change in (
        lambda: spec.update(title=""),
        lambda: spec.__setitem__("title", ""),
        lambda: spec.pop("title"),
        lambda: spec.__ior__({"title": ""}),
    ):
        with pytest.raises(TypeError, match=r"to_dict\(\)"):
            change()
    changed = spec.to_dict()
    changed["form_schema"]["properties"].clear()
    assert spec["form_schema"] == CITY
    assert copy.deepcopy(spec) == pickle.loads(pickle.dumps(spec)) == spec
    assert jsontext.loads(jsontext.dumps(spec)) == spec


MISTAKES: dict[str, tuple[Callable[[], Any], str]] = {
    "no title": (lambda: HumanTask.approval(" "), "title: says what is asked"),
    "title is no text": (lambda: HumanTask.approval(7), "title: says what is asked"),  # type: ignore[arg-type]
    "long title": (lambda: HumanTask.approval("x" * 256), "title: Length must be between 0 and 255"),
    "long description": (
        lambda: HumanTask.approval("x", description="x" * 2001),
        "description: Length must be .* 2000",
    ),
    "control character": (lambda: HumanTask.approval("a\x00b"), "title: Contains a control character"),
    "no e-mail": (lambda: HumanTask.approval("x", notify="manager"), "notify: Not a valid email address"),
    "text for a list": (lambda: HumanTask.review("x", allowed_outcomes="ship"), r"allowed_outcomes: .*\['ship'\]"),
    "no outcomes": (lambda: HumanTask.review("x", allowed_outcomes=[]), "allowed_outcomes: Length must be between"),
    "too many outcomes": (lambda: HumanTask.review("x", allowed_outcomes=map(str, range(21))), "between 1 and 20"),
    "empty outcome": (lambda: HumanTask.review("x", allowed_outcomes=["a", " "]), "allowed_outcomes: .*empty"),
    "outcome twice": (lambda: HumanTask.review("x", allowed_outcomes=["a", "a"]), "names 'a' twice"),
    "assignee twice": (lambda: HumanTask.review("x", assignees=["a", "a"]), "assignees: names 'a' twice"),
    "unknown type": (lambda: HumanTask.of_type("dance", "x"), "task_type: 'dance' is none of approval, "),
    "form without fields": (lambda: HumanTask.form("x", schema={}), "schema: has no fields"),
    "schema is no dict": (
        lambda: HumanTask.approval("x", form_schema=["a"]),  # type: ignore[arg-type]
        "form_schema: Not a valid mapping",
    ),
    "unknown kind of field": (
        lambda: HumanTask.form("x", schema={"properties": {"when": {"type": "date"}}}),
        r"form_schema.when.type: 'date' is none of array, boolean",
    ),
    "field is no schema": (lambda: HumanTask.form("x", schema={"properties": {"a": "string"}}), "form_schema.a: must"),
    "required without a field": (
        lambda: HumanTask.form("x", schema={"properties": {"a": {}}, "required": ["b"]}),
        "form_schema.required: names 'b', which properties does not describe",
    ),
    "required is a text": (
        lambda: HumanTask.form("x", schema={"properties": {"a": {}}, "required": "a"}),
        "form_schema.required: must be a list",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_a_sentence(mistake: str) -> None:
    build, says = MISTAKES[mistake]
    with pytest.raises(AxmeValueError, match=f"human task: .*{says}"):
        build()


def test_a_builder_says_what_it_asks_for() -> None:
    assert HumanTask.override.__doc__ is not None
    assert "override_approved or rejected with a comment" in HumanTask.override.__doc__
    assert repr(HumanTask.approval) == "HumanTask.approval"
