"""Whatever is tried, nothing that asks a person is done before a decision, and the decision is told and recorded."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import or_, select

from axme.contract.schemas.approvals import ApprovalDecision
from axme.contract.schemas.claims import ClaimRequest, ClaimSuspend
from axme.gateway.actions import approvals, claims, inbox, members
from axme.gateway.actions.inbox.read import list_threads
from axme.gateway.auth.identity import Grant, Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store.tables import audit_events
from tests.gateway.rig import Rig, refusal

#: What somebody who would like to see it done sends instead of a decision.
NUDGES: tuple[dict[str, Any], ...] = (
    {}, {"reason": "go on"}, {"actor": "system"}, {"approve_current_step": None}, {"internal_scheduler": True},
    {"approve_current_step": "yes"}, {"action": "complete"}, {"action": "complete", "result": {"outcome": ""}},
    {"result": {"approved": True}}, {"task_result": {}}, {"task_result": {"outcome": "maybe"}}, {"task_result": None},
)  # fmt: skip
DECISIONS: tuple[dict[str, Any], ...] = (
    {"task_result": {"outcome": "approved", "comment": "fine"}}, {"task_result": {"outcome": "rejected"}},
    {"approve_current_step": True}, {"outcome": "approved"},
)  # fmt: skip
STEPS = st.one_of(
    st.tuples(st.just("resume"), st.sampled_from(NUDGES)),
    st.tuples(st.just("resume"), st.sampled_from(DECISIONS)),
    st.tuples(st.just("resolve"), st.sampled_from(["COMPLETED", "COMPLETED", "FAILED", "CANCELED"])),
    st.tuples(st.just("claim"), st.none()),
    st.tuples(st.just("pause"), st.booleans()),
    st.tuples(st.just("advance"), st.sampled_from([1, 120, 4000])),
    st.tuples(st.just("approval"), st.sampled_from(["approve", "reject"])),
    st.tuples(st.just("inbox"), st.sampled_from(["approve", "reject", "delegate", "reply"])),
)
WALKS = st.lists(st.tuples(STEPS, st.sampled_from(["owner", "robot", "stranger"])), min_size=1, max_size=12)


def _step(rig: Rig, who: Identity, intent_id: str, kind: str, given: Any) -> None:
    match kind:
        case "resume":
            rig.resume(intent_id, dict(given), who=who)
        case "resolve":
            rig.resolve(intent_id, given, who=who)
        case "claim":
            body = ClaimRequest().load({"worker_id": "w", "limit": 10})
            for claim in rig.do(claims.claim, "robot", body, key=None, who=who)["claims"]:
                rig.do(claims.complete, claim["claim_id"], {"result": {}}, who=who)
        case "pause":
            rig.controls(intent_id, {"controls": {"paused": given}}, who=who)
        case "advance":
            rig.advance(seconds=given)
        case "approval":
            rig.do(approvals.decide, intent_id, ApprovalDecision().load({"decision": given}), who=who)
        case "inbox":
            act = getattr(inbox, given)
            body = {"message": "done!", "comment": "ok", "delegate_to": "mia@example.com"}
            for thread in rig.do(list_threads, owner=None, status=None, who=who)["threads"]:
                if thread.get("intent_id") == intent_id:
                    rig.do(act, thread["thread_id"], body, owner=None, who=who)


def _check(rig: Rig, intent_id: str) -> str:
    """Waiting until somebody has decided; and done only by a decision, which has a row and an event."""
    intent, events = rig.intent(intent_id), rig.events(intent_id)
    decided = [event for event in events if "task_result" in event["details"]]
    if intent["status"] == "COMPLETED":
        assert decided[0]["event_type"] == "intent.in_progress"
        told = decided[0]["details"]
        assert told["task_result"]["outcome"] == told["outcome"] == intent["result"]["outcome"] == "approved"
        assert told["decided_by"]
        assert told["decided_at"] == decided[0]["at"]
        about = or_(audit_events.c.target == intent_id, audit_events.c.details.contains(intent_id))
        rows = rig.store.read_sync(lambda tx: tx.query(select(audit_events).where(about)))
        by = {"intent.resume", "approval.decide", "inbox.approved"}
        assert [row["outcome"] for row in rows if row["action"] in by and "task_result" in row["details"]] == ["done"]
    elif intent["status"] not in ("FAILED", "CANCELED", "TIMED_OUT"):
        assert (intent["status"], intent["waiting_reason"], decided) == ("WAITING", "WAITING_FOR_HUMAN", [])
    status: str = intent["status"]
    return status


@pytest.mark.parametrize("to_agent", ["robot", "agent://agent_core"])
def test_no_way_leads_from_a_question_to_done_past_a_decision(one_rig: Rig, to_agent: str) -> None:
    rig, ends = one_rig, set()
    people = {"owner": rig.who, "robot": rig.account("robot"), "stranger": rig.peer("Elsewhere")}

    @given(walk=WALKS)
    @settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def walks(walk: list[tuple[tuple[str, Any], str]]) -> None:
        reminded = {"remind_after_seconds": 60, "escalate_to": "boss@example.com", "deadline_at": None}
        intent_id = rig.create(to_agent=to_agent, human_task={"title": "Pay it?"}, **reminded)
        for (kind, what), who in walk:
            try:
                _step(rig, people[who], intent_id, kind, what)
            except GatewayError as error:
                assert error.code.status < 500
            ends.add(_check(rig, intent_id))

    walks()
    assert {"WAITING", "COMPLETED", "CANCELED"} <= ends


def test_whoever_would_rather_not_wait_is_told_how_it_goes_on(one_rig: Rig) -> None:
    intent_id = one_rig.create(human_task={"title": "Pay it?"})
    before = one_rig.intent(intent_id)
    error = refusal(lambda: one_rig.resolve(intent_id, "COMPLETED"))
    assert (error.code.code, error.code.status) == ("invalid_transition", 409)
    assert "waits for a person's decision: answer it" in error.message
    assert one_rig.resume(intent_id, {"reason": "hurry"})["intent"]["status"] == "WAITING"
    assert one_rig.intent(intent_id) == before


def test_a_worker_that_asks_goes_on_when_it_was_answered_and_not_before(one_rig: Rig) -> None:
    rig, robot = one_rig, one_rig.account("robot")
    intent_id = rig.create(to_agent="robot")
    body = ClaimRequest().load({"worker_id": "w", "limit": 1})
    claim = rig.do(claims.claim, "robot", body, key=None, who=robot)["claims"][0]
    asked = ClaimSuspend().load({"wait": {"for": "human", "human_task": {"title": "Pay it?"}}})
    rig.do(claims.suspend, claim["claim_id"], asked, who=robot)
    for nudge in NUDGES:
        try:
            rig.resume(intent_id, dict(nudge), who=robot)
        except GatewayError as error:
            assert error.code.status in (403, 409, 422)
        assert rig.intent(intent_id)["waiting_reason"] == "WAITING_FOR_HUMAN", nudge
        assert rig.do(claims.claim, "robot", body, key=None, who=robot)["claims"] == []
    rig.resume(intent_id, {"task_result": {"outcome": "approved"}})
    assert len(rig.do(claims.claim, "robot", body, key=None, who=robot)["claims"]) == 1


def test_a_key_that_administers_nothing_decides_only_what_is_for_its_own_account(one_rig: Rig) -> None:
    rig, robot = one_rig, one_rig.account("robot")
    place = {"actor_id": robot.service_account_id, "role": "member", "workspace_id": robot.workspace_id}
    rig.do(members.add, rig.who.org_id, place)
    robot = dataclasses.replace(robot, grants=(Grant(robot.org_id, robot.workspace_id, "member"),))
    for assignees, allowed in (
        (["cfo@example.com"], False),
        (["cfo@example.com", robot.address], True),
        ([robot.service_account_id], True),
        (None, True),
    ):
        task = {"title": "Pay it?"} | ({"assignees": assignees} if assignees else {})
        ways = (
            lambda it: rig.resume(it, {"task_result": {"outcome": "approved"}}, who=robot),
            lambda it: rig.resume(it, {"outcome": "approved", "actor": "cfo@example.com"}, who=robot),
            lambda it: rig.do(approvals.decide, it, {"decision": "approve"}, who=robot),
        )
        for decide in ways:
            intent_id = rig.create(human_task=task)
            if allowed:
                decide(intent_id)
                assert rig.intent(intent_id)["result"]["decided_by"] == robot.address
            else:
                error = refusal(lambda intent_id=intent_id, decide=decide: decide(intent_id))  # type: ignore[misc]
                assert error.code.code == "not_an_assignee"
                assert rig.intent(intent_id)["status"] == "WAITING"
                rig.resume(intent_id, {"task_result": {"outcome": "approved"}, "actor": "cfo@example.com"})
                assert rig.intent(intent_id)["result"]["decided_by"] == "cfo@example.com"
