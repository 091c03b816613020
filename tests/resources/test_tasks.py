"""Human tasks as objects: found, answered, refused, on a real gateway."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from axme import (
    AxmeAlreadyDecidedError,
    AxmeClient,
    AxmeClientConfig,
    AxmePermissionError,
    AxmeValidationError,
    AxmeValueError,
    HumanTask,
    Intent,
)
from axme.gateway import LocalGateway
from tests.resources.samples import INTENT
from tests.wire.recorder import Recorder


@pytest.fixture
def ask(client: AxmeClient) -> Callable[..., HumanTask]:
    def make(**task: Any) -> HumanTask:
        intent = client.intents.create("budget.v1", to="manager", human_task={"title": "Go?", **task})
        return next(found for found in client.tasks.list() if found.id == intent.id)

    return make


def test_a_task_tells_what_is_asked(client: AxmeClient) -> None:
    intent = client.intents.create(
        "budget.v1",
        to="manager",
        deadline=timedelta(hours=1),
        human_task={"title": "Approve Q3", "description": "All of it", "assignees": ["anna"], "task_type": "review"},
    )
    task = next(found for found in client.tasks.list() if found.id == intent.id)
    assert (task.title, task.description, task.task_type) == ("Approve Q3", "All of it", "review")
    assert task.allowed_outcomes == ("approved", "changes_requested", "rejected")
    assert (task.assignees, task.form_schema, task.intent_type) == (("anna",), None, "budget.v1")
    assert task.from_agent == "agent://local/default/admin"
    assert task.due_at == intent.refresh().deadline_at
    assert task.assigned_at == intent.created_at
    assert repr(task) == f"<HumanTask …{intent.id[-8:]} 'Approve Q3'>"
    assert task.intent == intent
    assert client.tasks.get(intent.id) == task
    assert client.tasks.handle(intent.id).title == "Approve Q3"


ANSWERS: dict[str, tuple[dict[str, Any], Callable[[HumanTask], Intent], str, str]] = {
    "approve": ({}, lambda t: t.approve("fine"), "COMPLETED", "approved"),
    "reject": ({}, lambda t: t.reject("no"), "CANCELED", "rejected"),
    "confirm": ({"task_type": "confirmation"}, lambda t: t.confirm(), "COMPLETED", "confirmed"),
    "approve an override": (
        {"task_type": "override"}, lambda t: t.approve("Once."), "COMPLETED", "override_approved",
    ),
    "reject a form": ({"task_type": "form"}, lambda t: t.submit("rejected"), "CANCELED", "rejected"),
    "request changes": (
        {"task_type": "review"}, lambda t: t.submit("changes_requested", comment="Shorter."), "COMPLETED",
        "changes_requested",
    ),
    "provide": ({"task_type": "clarification"}, lambda t: t.submit(comment="Blue."), "COMPLETED", "provided"),
    "decline": ({"task_type": "clarification"}, lambda t: t.decline("Ask Bob."), "CANCELED", "declined"),
    "fail": ({"task_type": "manual_action"}, lambda t: t.submit("failed"), "FAILED", "failed"),
    "any outcome": ({"task_type": "attach_file"}, lambda t: t.submit("attached"), "COMPLETED", "attached"),
    "deny": ({"task_type": "confirmation"}, lambda t: t.deny(), "CANCELED", "denied"),
    "complete": ({"task_type": "manual_action"}, lambda t: t.complete("photo-7"), "COMPLETED", "completed"),
    "assign": ({"task_type": "assignment"}, lambda t: t.assign(assignee="bob"), "COMPLETED", "assigned"),
    "submit": (
        {"task_type": "form", "form_schema": {"required": ["size"]}},
        lambda t: t.submit({"size": 4}), "COMPLETED", "submitted",
    ),
    "submit data": (
        {"task_type": "form", "form_schema": {"required": ["size"]}},
        lambda t: t.submit("submitted", data={"size": 4}, comment="Four."), "COMPLETED", "submitted",
    ),
    "decide": ({"allowed_outcomes": ["ship", "hold"]}, lambda t: t.decide("hold"), "COMPLETED", "hold"),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_ends_the_intent(name: str, ask: Callable[..., HumanTask], client: AxmeClient) -> None:
    asked, answer, status, outcome = ANSWERS[name]
    task = ask(**asked)
    intent = answer(task)
    assert (intent.id, intent.status) == (task.id, status)
    assert intent.result is not None
    assert intent.result["outcome"] == outcome
    decision = intent.decision
    assert decision is not None
    assert (decision.outcome, decision.decided_by) == (outcome, "agent://local/default/admin")
    assert decision.decided_at is not None
    assert intent.updated_at == decision.decided_at
    assert task.id not in {open_.id for open_ in client.tasks.list()}
    with pytest.raises(AxmeAlreadyDecidedError, match="agent://local/default/admin has decided this task"):
        answer(task)


def test_an_outcome_it_does_not_allow_is_refused_before_anything_is_sent(
    scripted: AxmeClient, recorder: Recorder
) -> None:
    spec = {"title": "Ship?", "allowed_outcomes": ["ship", "hold"]}
    raw = {"intent_id": INTENT["intent_id"], "intent_type": "a.v1", "from_agent": "b", "human_task": spec}
    task = HumanTask._from(scripted, raw)
    with pytest.raises(
        AxmeValueError, match=r"'Ship\?' can be ship or hold: use submit\('ship'\) or submit\('hold'\), not app"
    ):
        task.approve()
    assert not recorder.asked
    recorder.answer({"ok": True, "intent": INTENT | {"status": "COMPLETED"}})
    assert task.decide("ship", comment="now").status == "COMPLETED"
    assert recorder.last.path == f"/v1/intents/{task.id}/resume"
    assert recorder.last.body == {"task_result": {"outcome": "ship", "comment": "now"}}


@pytest.mark.parametrize(
    ("kind", "verb", "says"),
    [
        ("approval", "confirm", r"approved or rejected: use approve\(\) or reject\(\), not confirm\(\)"),
        ("confirmation", "approve", r"confirmed or denied: use confirm\(\) or deny\(\), not approve\(\)"),
        ("review", "submit", r"approve\(\), submit\('changes_requested'\) or reject\(\), not submit\(\)"),
        ("assignment", "deny", r"assigned or declined: use assign\(\) or decline\(\), not deny\(\)"),
        ("form", "complete", r"submitted: use submit\(\), not complete\(\)"),
        ("clarification", "assign", r"provided or declined: use submit\(\) or decline\(\), not assign\(\)"),
        ("manual_action", "reject", r"completed or failed: use complete\(\) or submit\('failed'\), not reject\(\)"),
        ("override", "decline", r"override_approved or rejected: use approve\(\) or reject\(\), not decline\(\)"),
    ],
)
def test_a_verb_it_does_not_allow_is_answered_with_those_it_does(
    kind: str, verb: str, says: str, scripted: AxmeClient, recorder: Recorder
) -> None:
    raw = {"intent_id": INTENT["intent_id"], "human_task": HumanTask.of_type(kind, "Go?").to_dict()}
    with pytest.raises(AxmeValueError, match=says):
        getattr(HumanTask._from(scripted, raw), verb)()
    assert not recorder.asked


def test_the_fields_of_a_form_are_given_once(scripted: AxmeClient) -> None:
    raw = {"intent_id": INTENT["intent_id"], "human_task": {"task_type": "form"}}
    with pytest.raises(AxmeValueError, match="twice"):
        HumanTask._from(scripted, raw).submit({"a": 1}, data={"b": 2})


def test_what_only_the_gateway_can_check_it_says(ask: Callable[..., HumanTask]) -> None:
    with pytest.raises(AxmeValidationError, match="comment"):
        ask(task_type="override").approve()
    with pytest.raises(AxmeValidationError, match="evidence"):
        ask(task_type="manual_action").complete()


def test_an_actor_sees_and_decides_what_is_for_that_very_person(client: AxmeClient, gateway: LocalGateway) -> None:
    actor = f"mia-{uuid.uuid4().hex[:8]}@example.com"
    home = client.organizations.get(gateway.org_id)
    token = home.members.add(actor, role="member").create_token(workspace=gateway.workspace_id).reveal()
    asked = {
        name: client.intents.create("a.v1", to="desk", human_task=HumanTask.approval("Go?", assignees=[person]))
        for name, person in (("mine", actor), ("other", "x"))
    }
    config = AxmeClientConfig(base_url=gateway.base_url, api_key=gateway.api_key, actor_token=token)
    with AxmeClient(config) as mia:
        listed = {task.id: task for task in mia.tasks.list()}
        assert asked["mine"].id in listed
        assert asked["other"].id not in listed
        decision = listed[asked["mine"].id].approve("Yes.").decision
        assert decision is not None
        assert decision.decided_by == actor
        with pytest.raises(AxmePermissionError, match="not among the assignees of this task: it is for x"):
            mia.tasks.handle(asked["other"].id).approve()


def test_an_intent_that_asks_nobody(client: AxmeClient) -> None:
    intent = client.intents.create("order.v1", to=f"w-{uuid.uuid4().hex[:8]}")
    with pytest.raises(AxmeValueError, match="asks no person"):
        client.tasks.get(intent.id)


def test_the_list_is_as_long_as_wanted(client: AxmeClient, ask: Callable[..., HumanTask]) -> None:
    ask()
    ask()
    assert len(client.tasks.list(limit=1)) == 1
    assert client.list_my_tasks(status="pending")["tasks"]
    with pytest.raises(AxmeValidationError, match="status"):
        client.list_my_tasks(status="COMPLETED")
