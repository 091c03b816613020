"""``tasks``: answering from the terminal."""

from __future__ import annotations

import io
import uuid

import pytest

from axme import AxmeClient, HumanTask, Intent
from tests.cli.conftest import Axme

SCHEMA = {
    "required": ["city"],
    "properties": {
        "city": {"type": "string"},
        "crates": {"type": "integer"},
        "fragile": {"type": "boolean"},
    },
}


@pytest.fixture
def title() -> str:
    return f"Approve {uuid.uuid4().hex[:10]}"


@pytest.fixture
def approval(client: AxmeClient, title: str) -> Intent:
    return client.intents.create("cli.approval.v1", to="desk", human_task=HumanTask.approval(title))


@pytest.fixture
def form(client: AxmeClient, title: str) -> Intent:
    return client.intents.create("cli.form.v1", to="desk", human_task=HumanTask.form(title, schema=SCHEMA))


def test_open_tasks_are_listed_and_shown(axme: Axme, approval: Intent, form: Intent, title: str) -> None:
    assert any(approval.id[-8:] in line and title in line for line in axme("tasks", "list").out.splitlines())
    assert approval.id in [task["intent_id"] for task in axme("tasks", "list", "--json").json]
    shown = axme("tasks", "show", form.id[-8:]).out
    assert shown.startswith(f"{title}\n")
    assert ["city", "string", "yes", "City"] in [line.split() for line in shown.splitlines()]


def test_a_task_is_approved_once(axme: Axme, approval: Intent) -> None:
    ran = axme("tasks", "approve", approval.id, "--comment", "Fine.")
    assert (ran.code, ran.out) == (0, f"approved: intent {approval.id} is COMPLETED\n")
    again = axme("tasks", "reject", approval.id)
    assert again.code == 4
    assert "has decided this task (approved)" in again.err


def test_yes_and_no_fit_any_type(axme: Axme, client: AxmeClient) -> None:
    asked = client.intents.create("cli.v1", to="desk", human_task=HumanTask.confirmation("Sure?"))
    assert axme("tasks", "reject", asked.id, "--json").json["result"]["outcome"] == "denied"


def test_a_form_is_filled_in_by_fields(axme: Axme, form: Intent) -> None:
    wrong = axme("tasks", "submit", form.id, "--field", "crates=many")
    assert wrong.code == 2
    assert "crates is of type integer: 'many' is not" in wrong.err
    missing = axme("tasks", "submit", form.id, "--field", "crates=3")
    assert (missing.code, len(missing.err.splitlines())) == (1, 1)
    axme("tasks", "submit", form.id, "--field", "city=12", "--field", "crates=3", "--field", "fragile=true")
    assert form.refresh().decision
    assert form.decision
    assert form.decision.data == {"city": "12", "crates": 3, "fragile": True}


def test_a_form_is_filled_in_from_standard_input(axme: Axme, form: Intent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"city": "Berlin"}'))
    assert axme("tasks", "submit", form.id, "--data", "-").code == 0
    assert form.refresh().decision
    for bad in ("[1]", "{"):
        assert axme("tasks", "submit", form.id, "--data", bad).code == 2


def test_an_answer_that_is_not_allowed_is_refused_with_those_that_are(axme: Axme, approval: Intent) -> None:
    ran = axme("tasks", "submit", approval.id, "postponed")
    assert ran.code == 1
    assert "can be approved or rejected" in ran.err
