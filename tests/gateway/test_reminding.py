"""Reminders and escalation of a live intent: changed, counted, handed on, and never made up for in a heap."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from marshmallow import ValidationError

from axme.contract.clock import to_text
from axme.contract.limits import LARGEST_WHOLE
from axme.contract.schemas.intents import IntentControls, IntentCreate
from axme.gateway.actions import inbox
from tests.gateway.rig import Rig, refusal
from tests.gateway.test_engine import due

TASK = {"human_task": {"assignees": ["mia@example.com"]}, "remind_after_seconds": 60, "max_reminders": 1}


def inbox_of(rig: Rig, owner: str) -> list[Any]:
    """The threads of an owner."""
    found: list[Any] = rig.do(inbox.list_threads, owner=owner, status=None)["items"]
    return found


@pytest.mark.parametrize(
    "boss", ["boss", "agent://local/other/boss", "user://boss", "boss@example.com", "role:on-call"]
)
def test_an_escalation_brings_the_thread_to_the_new_holder(one_rig: Rig, boss: str) -> None:
    rig = one_rig
    intent_id = rig.create(**TASK, to_agent="team", escalate_to=boss)
    owner = "boss" if boss.startswith("agent:") else boss
    rig.advance(minutes=1)
    (before,) = inbox_of(rig, "team")
    assert before["status"] == "pending"
    rig.advance(minutes=1)
    assert rig.intent(intent_id)["pending_with"] == {"type": "human", "ref": boss, "name": boss}
    assert inbox_of(rig, "team") == []
    if boss.startswith("agent:"):
        return  # in another workspace: its own key reads it
    (thread,) = inbox_of(rig, owner)
    assert (thread["thread_id"], thread["status"]) == (before["thread_id"], "pending")
    assert thread["timeline"][-1]["event_type"] == "escalated"
    rig.do(inbox.approve, thread["thread_id"], {}, owner=owner)
    assert rig.intent(intent_id)["status"] == "COMPLETED"


def test_the_new_holder_may_decide_though_no_assignee(rig: Rig) -> None:
    intent_id = rig.create(**TASK, escalate_to="boss@example.com")
    boss = dataclasses.replace(rig.who, actor_id="boss@example.com")
    decision = {"task_result": {"outcome": "approved"}}
    assert refusal(lambda: rig.resume(intent_id, decision, who=boss)).code.code == "not_an_assignee"
    rig.advance(minutes=1)
    rig.advance(minutes=1)
    assert rig.resume(intent_id, decision, who=boss)["intent"]["status"] == "COMPLETED"


def test_after_the_escalation_nobody_is_reminded_until_it_is_asked_for_again(rig: Rig) -> None:
    intent_id = rig.create(**TASK, escalate_to="boss")
    for _ in range(10):
        rig.advance(minutes=1)
    assert rig.story(intent_id)[4:] == ["reminder", "escalated"]
    again = {"remind_after_seconds": 3600, "max_reminders": 2, "escalate_to": "ceo"}
    rig.controls(intent_id, {"controls": again, "policy_generation": 0})
    for _ in range(9):
        rig.advance(hours=1)
    told = [(event["event_type"][7:], event["pending_with"]["ref"]) for event in rig.events(intent_id)[4:]]
    assert told == [
        ("reminder", "mia@example.com"), ("escalated", "boss"),
        ("reminder", "boss"), ("reminder", "boss"), ("escalated", "ceo"),
    ]  # fmt: skip
    assert rig.intent(intent_id)["remind_count"] == 3


def test_without_an_address_to_escalate_to_the_reminders_just_end(one_rig: Rig) -> None:
    rig = one_rig
    intent_id = rig.create(human_task={}, remind_after_seconds=60, escalate_to="")
    for _ in range(10):
        rig.advance(minutes=1)
    assert rig.story(intent_id)[4:] == ["reminder"] * 3
    assert "escalate_to" not in rig.intent(intent_id)


def test_reminders_asked_for_by_hand_do_not_bring_the_escalation_nearer(rig: Rig) -> None:
    intent_id = rig.create(human_task={}, remind_after_seconds=60, max_reminders=2, escalate_to="boss")
    rig.controls(intent_id, {"controls": {"reminders": [{"offset_seconds": n} for n in (10, 20, 30)]}})
    for _ in range(30):
        rig.advance(seconds=10)
    assert rig.story(intent_id)[4:] == ["reminder"] * 5 + ["escalated"]
    assert rig.intent(intent_id)["remind_count"] == 5


def test_reminders_missed_while_nothing_ran_are_not_made_up_for(rig: Rig) -> None:
    intent_id = rig.create(human_task={}, remind_after_seconds=60, max_reminders=3, escalate_to="boss")
    rig.advance(days=3)
    assert rig.story(intent_id)[4:] == ["reminder"]
    rig.advance(seconds=59)
    assert rig.story(intent_id)[4:] == ["reminder"]
    rig.advance(seconds=1)
    assert rig.story(intent_id)[4:] == ["reminder"] * 2


def test_reminders_of_a_live_intent_change(rig: Rig) -> None:
    intent_id = rig.create(human_task={})
    assert "next_reminder_at" not in rig.intent(intent_id)
    rig.controls(intent_id, {"controls": {"remind_after_seconds": 60}})
    assert rig.intent(intent_id)["next_reminder_at"] == due(rig, seconds=60)
    rig.advance(seconds=60)
    rig.controls(intent_id, {"controls": {"remind_interval_seconds": 10}})
    assert rig.intent(intent_id)["next_reminder_at"] == due(rig, seconds=60)
    rig.advance(seconds=60)
    assert rig.intent(intent_id)["next_reminder_at"] == due(rig, seconds=10)
    rig.controls(intent_id, {"controls": {"remind_after_seconds": None}})
    assert "next_reminder_at" not in rig.intent(intent_id)
    assert rig.advance(days=1) == 0
    assert rig.story(intent_id)[4:] == ["reminder"] * 2


def test_reminders_set_while_paused_count_from_going_on(one_rig: Rig) -> None:
    rig = one_rig
    intent_id = rig.create(human_task={})
    rig.controls(intent_id, {"controls": {"paused": True}})
    rig.advance(hours=1)
    rig.controls(intent_id, {"controls": {"remind_after_seconds": 60}})
    assert rig.advance(hours=1) == 0
    rig.controls(intent_id, {"controls": {"paused": False}})
    assert rig.intent(intent_id)["next_reminder_at"] == due(rig, seconds=60)
    assert rig.advance(seconds=60) == 1


def test_only_one_of_two_who_change_the_same_generation_has_its_way(one_rig: Rig) -> None:
    rig = one_rig
    intent_id = rig.create(human_task={}, remind_after_seconds=60)
    rig.controls(intent_id, {"controls": {"remind_after_seconds": 600}, "policy_generation": 0})
    error = refusal(lambda: rig.controls(intent_id, {"controls": {"timeout_seconds": 5}, "policy_generation": 0}))
    assert (error.code.code, error.details) == (
        "policy_generation_conflict",
        {"policy_generation": 1, "expected": 0},
    )
    rig.advance(seconds=61)
    assert rig.story(intent_id)[4:] == []
    assert "deadline_at" not in rig.intent(intent_id)


def test_a_deadline_is_set_and_taken_away_as_a_moment(rig: Rig) -> None:
    intent_id = rig.create()
    rig.controls(intent_id, {"controls": {"deadline_at": due(rig, hours=1)}})
    intent = rig.intent(intent_id)
    assert intent["deadline_at"] == intent["controls"]["deadline_at"] == due(rig, hours=1)
    rig.controls(intent_id, {"controls": {"deadline_at": None}})
    assert rig.advance(hours=2) == 0
    rig.controls(intent_id, {"controls": {"deadline_at": to_text(rig.clock.now())}})
    assert rig.engine.run_due() == 1
    assert rig.story(intent_id)[3:] == ["timed_out"]


def test_a_time_to_live_counts_from_acceptance_by_the_gateways_clock(one_rig: Rig) -> None:
    rig = one_rig
    rig.advance(days=400)
    intent_id = rig.create(ttl_seconds=60, deadline_at="2020-01-01T00:00:00Z")
    assert rig.intent(intent_id)["deadline_at"] == due(rig, seconds=60)


def test_who_has_answered_is_not_reminded_of_the_question(rig: Rig) -> None:
    intent_id = rig.create(human_task={}, remind_after_seconds=60)
    rig.resume(intent_id, {"approve_current_step": True})
    assert "next_reminder_at" not in rig.intent(intent_id)
    assert rig.advance(days=1) == 0


@pytest.mark.parametrize("name", ["remind_after_seconds", "remind_interval_seconds", "max_reminders", "ttl_seconds"])
@pytest.mark.parametrize("value", [0, -1, LARGEST_WHOLE + 1, 10**30, 1.5, "60", True, float("inf")])
def test_values_that_are_no_period_are_refused(name: str, value: Any) -> None:
    body = {"intent_type": "a.v1", "to_agent": "b", name: value}
    with pytest.raises(ValidationError) as caught:
        IntentCreate().load(body)
    assert list(caught.value.normalized_messages()) == [name]
    if name != "ttl_seconds":
        with pytest.raises(ValidationError):
            IntentControls().load({"controls": {name: value}})


def test_the_longest_periods_overflow_nothing(rig: Rig) -> None:
    longest = {"remind_after_seconds": LARGEST_WHOLE, "remind_interval_seconds": LARGEST_WHOLE}
    intent_id = rig.create(human_task={}, ttl_seconds=LARGEST_WHOLE, **longest)
    rig.controls(intent_id, {"controls": {"deadline_at": "9999-12-31T23:59:59.999999Z", "paused": True}})
    rig.advance(days=365)
    rig.controls(intent_id, {"controls": {"paused": False}})
    assert rig.intent(intent_id)["deadline_at"].startswith("9999-12-31T23:59:59")
    for _ in range(5):
        rig.advance(seconds=LARGEST_WHOLE)
    assert rig.story(intent_id)[4:] == ["reminder"] * 3


@pytest.mark.parametrize("where", ["who knows", "agent://", "x" * 384, "a/b c"])
def test_an_escalation_that_could_reach_nobody_is_refused(one_rig: Rig, where: str) -> None:
    rig = one_rig
    if len(where) > 383:
        with pytest.raises(ValidationError):
            IntentCreate().load({"intent_type": "a.v1", "to_agent": "b", "escalate_to": where})
        return
    error = refusal(lambda: rig.create(human_task={}, escalate_to=where))
    assert (error.code.code, error.details) == ("invalid_agent_address", {"field": "escalate_to"})
    open_task = rig.create(human_task={})
    assert refusal(lambda: rig.controls(open_task, {"controls": {"escalate_to": where}})).code.status == 422


def test_an_escalation_does_not_open_the_door_of_another_organization(rig: Rig) -> None:
    rig.peer("elsewhere")
    where = "agent://elsewhere/other/peer"
    assert refusal(lambda: rig.create(human_task={}, escalate_to=where)).code.code == "policy_denied"
    intent_id = rig.create(human_task={})
    assert refusal(lambda: rig.controls(intent_id, {"controls": {"escalate_to": where}})).code.code == "policy_denied"
