"""Eight kinds of task, each with every decision it allows (contract 3.3)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from axme.contract.schemas.approvals import ApprovalDecision
from axme.gateway.actions import approvals, audit_trail, inbox, intents, tasks, users
from axme.gateway.actions.members import add as add_member
from axme.gateway.auth.identity import Grant
from axme.gateway.errors import GatewayError
from tests.gateway.rig import Rig, race, refusal

CORE = "agent://agent_core"
KINDS = [
    ("approval", "approved", "COMPLETED"),
    ("approval", "rejected", "CANCELED"),
    ("confirmation", "confirmed", "COMPLETED"),
    ("confirmation", "denied", "CANCELED"),
    ("review", "approved", "COMPLETED"),
    ("review", "changes_requested", "COMPLETED"),
    ("review", "rejected", "CANCELED"),
    ("assignment", "assigned", "COMPLETED"),
    ("assignment", "declined", "CANCELED"),
    ("form", "submitted", "COMPLETED"),
    ("clarification", "provided", "COMPLETED"),
    ("clarification", "declined", "CANCELED"),
    ("manual_action", "completed", "COMPLETED"),
    ("manual_action", "failed", "FAILED"),
    ("override", "override_approved", "COMPLETED"),
    ("override", "rejected", "CANCELED"),
]


def ask(rig: Rig, **task: Any) -> str:
    """A task sent to the built-in runtime."""
    return rig.create(to_agent=CORE, human_task=task)


def decide(rig: Rig, intent_id: str, outcome: str, **more: Any) -> dict[str, Any]:
    """Answer a task."""
    return rig.resume(intent_id, {"task_result": {"outcome": outcome} | more})


@pytest.mark.parametrize(("kind", "outcome", "ending"), KINDS)
def test_every_decision_ends_as_it_should(one_rig: Rig, kind: str, outcome: str, ending: str) -> None:
    intent_id = ask(one_rig, task_type=kind)
    before = one_rig.intent(intent_id)
    assert (before["status"], before["waiting_reason"]) == ("WAITING", "WAITING_FOR_HUMAN")
    assert before["pending_with"] == {"type": "human", "ref": CORE, "name": CORE}
    assert before["human_task"]["title"]
    answer = decide(one_rig, intent_id, outcome, comment="because", data={"evidence": ["photo.png"]})
    intent = answer["intent"]
    assert intent["status"] == ending
    assert intent["result"]["outcome"] == intent["result"]["task_result"]["outcome"] == outcome
    assert one_rig.story(intent_id) == [
        "created", "submitted", "waiting", "human_task_assigned", "in_progress", ending.lower(),
    ]  # fmt: skip
    assigned, working = one_rig.events(intent_id)[3:5]
    assert assigned["human_task"] == before["human_task"]
    assert working["details"]["task_result"]["comment"] == "because"
    if ending == "CANCELED":
        assert intent["reason"] == "rejected: because"


@pytest.mark.parametrize(
    ("task", "answer", "field"),
    [
        ({}, {}, "outcome"),
        ({}, {"outcome": " "}, "outcome"),
        ({}, {"outcome": 5}, "outcome"),
        ({}, {"outcome": "maybe"}, "outcome"),
        ({}, {"outcome": "approved", "data": []}, "data"),
        ({"allowed_outcomes": ["ship", "hold"]}, {"outcome": "approved"}, "outcome"),
        ({"required_comment": True}, {"outcome": "approved", "comment": " "}, "comment"),
        ({"task_type": "clarification"}, {"outcome": "provided"}, "comment"),
        ({"task_type": "override"}, {"outcome": "override_approved"}, "comment"),
        ({"task_type": "manual_action"}, {"outcome": "completed"}, "data.evidence"),
        ({"evidence_required": True}, {"outcome": "approved", "data": {"evidence": []}}, "data.evidence"),
        (
            {"form_schema": {"type": "object", "required": ["size"]}},
            {"outcome": "approved", "data": {"colour": "red"}},
            "data",
        ),
        (
            {"form_schema": {"properties": {"size": {"type": "integer"}}, "required": ["size"]}},
            {"outcome": "approved", "size": "12"},
            "data.size",
        ),
    ],
)
def test_an_answer_the_task_does_not_allow_changes_nothing(
    one_rig: Rig, task: dict[str, Any], answer: dict[str, Any], field: str
) -> None:
    intent_id = ask(one_rig, **task)
    before = one_rig.intent(intent_id)
    error = refusal(lambda: one_rig.resume(intent_id, {"task_result": answer}))
    assert (error.code.status, error.details) == (422, {"field": f"task_result.{field}"})
    assert one_rig.intent(intent_id) == before


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ({"task_type": "confirmation"}, {"outcome": "approved"}),
        ({"task_type": "clarification"}, {"outcome": "provided", "data": {"comment": "in the data"}}),
        ({"task_type": "manual_action"}, {"outcome": "completed", "evidence": "receipt"}),
        ({"task_type": "attach_file"}, {"outcome": "whatever they say"}),
        ({"form_schema": {"required": ["size"]}}, {"outcome": "approved", "size": "12"}),
        ({"form_schema": {"required": ["size"]}}, {"outcome": "approved", "data": {"size": 12}}),
    ],
)
def test_the_liberal_forms_are_read(one_rig: Rig, task: dict[str, Any], answer: dict[str, Any]) -> None:
    assert one_rig.resume(ask(one_rig, **task), {"task_result": answer})["intent"]["status"] == "COMPLETED"
    assert one_rig.resume(ask(one_rig, **task), answer)["intent"]["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("task", "outcome", "ending"),
    [
        *(({"task_type": kind}, outcome, ending) for kind, outcome, ending in KINDS),
        ({"task_type": "form"}, "rejected", "CANCELED"),
        ({"task_type": "validate_output"}, "failed", "FAILED"),
        ({"allowed_outcomes": ["ship", "do_not_ship"]}, "do_not_ship", "CANCELED"),
        ({"allowed_outcomes": ["accept", "Reject for now"]}, "Reject for now", "CANCELED"),
        ({"allowed_outcomes": ["passed", "failed"], "task_type": "review"}, "failed", "FAILED"),
    ],
)
def test_a_decision_is_told_everywhere(one_rig: Rig, task: dict[str, Any], outcome: str, ending: str) -> None:
    intent_id = ask(one_rig, **task)
    one_rig.advance(seconds=7)
    data = {"evidence": ["photo.png"], "n": 1}
    intent = decide(one_rig, intent_id, outcome, comment="because", data=data)["intent"]
    told = {
        "task_result": {"outcome": outcome, "comment": "because", "data": data},
        "outcome": outcome,
        "decided_by": "agent://local/default/admin",
        "decided_at": intent["updated_at"],
    }
    assert (intent["status"], intent["result"]) == (ending, told)
    assert ending == "COMPLETED" or intent["reason"].endswith(": because")
    if ending == "FAILED":
        assert intent["error"] == {"code": "task_failed", "message": "failed: because"} | told
    working, last = one_rig.events(intent_id)[-2:]
    assert working["details"] == told
    assert last["details"] == told | ({} if ending == "COMPLETED" else {"reason": intent["reason"]})
    (noted,) = one_rig.do(
        audit_trail.list_events,
        org_id=one_rig.who.org_id,
        actors=frozenset(),
        action_prefix="intent.resume",
        limit=1,
    )["events"]
    assert noted["details"] == {"status": ending} | told


def test_who_refuses_a_form_need_not_fill_it_in(one_rig: Rig) -> None:
    intent_id = ask(one_rig, task_type="assignment", form_schema={"required": ["name"]})
    assert decide(one_rig, intent_id, "declined")["intent"]["status"] == "CANCELED"


@pytest.mark.parametrize("schema", [{"type": "banana"}, {"$ref": "http://127.0.0.1:1/schema"}, {"pattern": "(a+)+b"}])
def test_a_form_that_cannot_be_checked_is_refused_at_once(one_rig: Rig, schema: dict[str, Any]) -> None:
    error = refusal(lambda: ask(one_rig, form_schema=schema))
    assert (error.code.status, error.details) == (422, {"field": "human_task.form_schema"})


def test_a_known_person_must_be_an_assignee(one_rig: Rig) -> None:
    intent_id = ask(one_rig, assignees=["mia@example.com"])
    assert one_rig.intent(intent_id)["pending_with"]["ref"] == "mia@example.com"
    stranger = dataclasses.replace(one_rig.who, actor_id="joe@example.com")
    body = {"task_result": {"outcome": "approved"}}
    assert refusal(lambda: one_rig.resume(intent_id, body, who=stranger)).code.code == "not_an_assignee"
    mia = dataclasses.replace(one_rig.who, actor_id="mia@example.com")
    assert one_rig.resume(intent_id, body, who=mia)["intent"]["status"] == "COMPLETED"


NAMES = {
    "e-mail, however it is spelled": "Mia@Example.com",
    "member id": "member_id",
    "nick": "@mia_m",
    "public address": "mia_m@ax",
    "user id": "user_id",
    "address of the user": "owner_agent",
    "role": "workspace_admin",
    "role as such": "role:workspace_admin",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_person_is_asked_by_any_name(rig: Rig, name: str) -> None:
    actor = "mia@example.com"
    member = rig.do(add_member, rig.who.org_id, {"actor_id": actor, "role": "workspace_admin", "workspace_id": None})
    user = rig.do(users.register, {"nick": "mia_m", "email": actor})
    asked = {**member["member"], **user}.get(NAMES[name], NAMES[name])
    other = ask(rig, assignees=["somebody@example.com"])
    intent_id = ask(rig, assignees=["nobody@example.com", asked])
    grant = Grant(rig.who.org_id, rig.who.workspace_id, "workspace_admin")
    mia = dataclasses.replace(rig.who, actor_id=actor, grants=(grant,))
    joe = dataclasses.replace(rig.who, actor_id="joe@example.com", grants=(grant._replace(role="member"),))
    assert [task["intent_id"] for task in rig.do(tasks.list_tasks, who=mia, limit=10)["tasks"]] == [intent_id]
    assert rig.do(tasks.list_tasks, who=joe, limit=10)["tasks"] == []
    body = {"task_result": {"outcome": "approved"}}
    for stranger, of in ((joe, intent_id), (mia, other)):
        error = refusal(lambda stranger=stranger, of=of: rig.resume(of, body, who=stranger))
        assert error.code.code == "not_an_assignee"
    assert rig.resume(intent_id, body, who=mia)["intent"]["result"]["decided_by"] == actor


def test_a_person_finds_a_task_behind_any_number_of_others(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_PAGE", 2)
    for _ in range(5):
        ask(rig, assignees=["joe@example.com"])
    wanted = sorted(ask(rig, assignees=["mia@example.com"]) for _ in range(3))
    mia = dataclasses.replace(rig.who, actor_id="mia@example.com")
    for limit in (1, 2, 3, 10):
        listed = rig.do(tasks.list_tasks, who=mia, limit=limit)["tasks"]
        assert [task["intent_id"] for task in listed] == wanted[:limit]
    assert len(rig.do(tasks.list_tasks, limit=4)["tasks"]) == 4
    assert len(rig.do(tasks.list_tasks, limit=100)["tasks"]) == 8


def test_an_address_in_a_profile_makes_nobody_an_assignee(one_rig: Rig) -> None:
    one_rig.do(users.register, {"nick": "joe_j", "email": "mia@example.com"})
    joe = dataclasses.replace(one_rig.who, actor_id="joe_j")
    intent_id = ask(one_rig, assignees=["mia@example.com"])
    body = {"task_result": {"outcome": "approved"}}
    assert refusal(lambda: one_rig.resume(intent_id, body, who=joe)).code.code == "not_an_assignee"


def test_who_was_handed_a_task_may_decide_it(one_rig: Rig) -> None:
    intent_id = one_rig.create(
        to_agent=CORE,
        human_task={"assignees": ["mia@example.com"]},
        remind_after_seconds=10,
        max_reminders=1,
        escalate_to="boss@example.com",
    )
    boss = dataclasses.replace(one_rig.who, actor_id="boss@example.com")
    body = {"task_result": {"outcome": "approved"}}
    assert refusal(lambda: one_rig.resume(intent_id, body, who=boss)).code.code == "not_an_assignee"
    for _ in range(2):  # the reminder, and what follows the last one
        one_rig.advance(seconds=10)
    assert one_rig.intent(intent_id)["pending_with"]["ref"] == "boss@example.com"
    assert [task["intent_id"] for task in one_rig.do(tasks.list_tasks, who=boss, limit=9)["tasks"]] == [intent_id]
    assert one_rig.resume(intent_id, body, who=boss)["intent"]["status"] == "COMPLETED"


def test_steering_flags_approve_or_reject_a_waiting_task(one_rig: Rig) -> None:
    yes, no = ask(one_rig), ask(one_rig)
    assert one_rig.resume(yes, {"approve_current_step": True})["intent"]["status"] == "COMPLETED"
    refused = one_rig.resume(no, {"approve_current_step": False, "reason": "too dear"})["intent"]
    assert (refused["status"], refused["reason"]) == ("CANCELED", "rejected: too dear")


def test_the_inbox_decides_and_the_second_is_told_who_was_first(rig: Rig) -> None:
    intent_id = rig.create(to_agent=CORE, human_task={"assignees": ["agent://manager"]})
    (thread,) = rig.do(inbox.list_threads, owner="agent://manager", status="pending")["items"]
    assert (thread["intent_id"], thread["timeline"][0]["event_type"]) == (intent_id, "intent_received")
    rig.advance(seconds=5)
    answer = rig.do(inbox.approve, thread["thread_id"], {"comment": "fine"}, owner="agent://manager")
    assert answer["thread"]["status"] == "done"
    assert [entry["event_type"] for entry in answer["thread"]["timeline"]] == ["intent_received", "approved"]
    assert rig.intent(intent_id)["status"] == "COMPLETED"
    for late in (
        lambda: rig.do(inbox.reject, thread["thread_id"], {}, owner="agent://manager"),
        lambda: decide(rig, intent_id, "rejected"),
        lambda: rig.do(approvals.decide, intent_id, {"decision": "reject"}),
        lambda: rig.do(inbox.reply, thread["thread_id"], {"message": "wait"}, owner="agent://manager"),
        lambda: rig.do(inbox.delegate, thread["thread_id"], {"delegate_to": "x"}, owner="agent://manager"),
    ):
        error = refusal(late)
        assert error.code.code == "already_decided"
        assert error.details is not None
        assert error.details["decided_by"] == "agent://manager"
        assert error.details["outcome"] == "approved"
        assert "agent://manager has decided this task (approved) at" in error.message
    for late in (
        lambda: rig.resolve(intent_id, "FAILED"),
        lambda: rig.resume(intent_id, {"outcome": "rejected"}),
        lambda: rig.controls(intent_id, {"controls": {}}),
    ):
        error = refusal(late)
        assert (error.code.code, (error.details or {})["decided_by"]) == ("intent_terminal", "agent://manager")
        assert "agent://manager has decided it (approved)" in error.message


@pytest.mark.parametrize("by", ["intent", "thread"])
def test_an_approval_is_named_by_its_intent_or_its_thread(rig: Rig, by: str) -> None:
    intent_id = ask(rig)
    (thread,) = rig.do(inbox.list_threads, owner=CORE, status=None)["threads"]
    approval_id = intent_id if by == "intent" else thread["thread_id"]
    body = ApprovalDecision().load({"decision": "rejected", "reason": "no budget"})
    approval = rig.do(approvals.decide, approval_id, body)["approval"]
    assert (approval["approval_id"], approval["decision"], approval["comment"]) == (approval_id, "reject", "no budget")
    assert rig.intent(intent_id)["reason"] == "rejected: no budget"
    assert refusal(lambda: rig.do(approvals.decide, rig.create(), body)).code.status == 404


def test_racing_deciders_leave_one_decision(rig: Rig) -> None:
    tasks = [ask(rig) for _ in range(10)]
    calls = [
        lambda intent_id=intent_id, outcome=outcome: decide(rig, intent_id, outcome)
        for intent_id in tasks
        for outcome in ("approved", "rejected", "approved", "rejected")
    ]
    results = race(calls, 8)
    refused = [result for result in results if isinstance(result, GatewayError)]
    assert len(refused) == len(calls) - len(tasks)
    assert {error.code.code for error in refused} == {"already_decided"}
    for intent_id in tasks:
        events = rig.do(intents.events, intent_id, 0)["events"]
        assert [event["seq"] for event in events] == [1, 2, 3, 4, 5, 6]
