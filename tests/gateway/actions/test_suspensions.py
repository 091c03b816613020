"""What is suspended for a person, a time or another agent comes back with the answer, and only once."""

from __future__ import annotations

import pytest

from axme.gateway.actions import claims, inbox
from tests.gateway.actions.claiming import REQUEST, claim, complete, one, suspend
from tests.gateway.rig import Rig, refusal


@pytest.mark.parametrize("outcome", ["approved", "rejected"])
def test_a_suspended_intent_comes_back_with_the_answer_of_a_person(rig: Rig, outcome: str) -> None:
    intent_id = rig.create()
    taken = one(rig)
    answer = suspend(
        rig, taken["claim_id"], {"step": 2}, what="human", human_task={"title": "Ship?", "assignees": ["mia"]}
    )
    assert (answer["intent"]["status"], answer["intent"]["waiting_reason"]) == ("WAITING", "WAITING_FOR_HUMAN")
    assert answer["intent"]["pending_with"]["ref"] == "mia"
    assert claim(rig) == []
    rig.resume(intent_id, {"task_result": {"outcome": outcome, "comment": "as you say", "data": {"n": 1}}})
    again = one(rig, "w2")
    assert (again["attempt"], again["checkpoint"]) == (1, {"step": 2})
    assert {name: again["resumed"][name] for name in ("by", "outcome", "comment", "data")} == {
        "by": "human",
        "outcome": outcome,
        "comment": "as you say",
        "data": {"n": 1},
    }
    assert again["resumed"]["decided_by"]
    assert refusal(lambda: complete(rig, taken["claim_id"])).code.code == "claim_lost"
    assert complete(rig, again["claim_id"])["intent"]["result"] == {"done": 1}


def test_a_person_can_be_asked_twice(rig: Rig) -> None:
    intent_id = rig.create()
    for outcome in ("rejected", "approved"):
        suspend(rig, one(rig)["claim_id"], what="human", human_task={"title": "Ship?"})
        rig.resume(intent_id, {"task_result": {"outcome": outcome}})
        again = one(rig)
        assert again["resumed"]["outcome"] == outcome
        rig.do(claims.release, again["claim_id"])


def test_a_suspended_intent_comes_back_when_the_time_has_come(rig: Rig) -> None:
    intent_id = rig.create()
    answer = suspend(rig, one(rig)["claim_id"], what="time", seconds=3600)["intent"]
    assert answer["waiting_reason"] == "WAITING_FOR_TIME"
    wakes_at = answer["next_wakeup_at"]
    assert wakes_at == rig.intent(intent_id)["next_wakeup_at"]
    rig.advance(minutes=59)
    rig.controls(intent_id, {"controls": {"paused": True}})
    rig.advance(hours=5)
    rig.controls(intent_id, {"controls": {"paused": False}})
    assert rig.intent(intent_id)["next_wakeup_at"] > wakes_at
    rig.advance(seconds=59)
    assert claim(rig) == []
    rig.advance(seconds=1)
    assert one(rig)["resumed"]["by"] == "time"
    assert "next_wakeup_at" not in rig.intent(intent_id)


def test_a_suspended_intent_comes_back_when_another_has_ended(rig: Rig) -> None:
    rig.create()
    taken = one(rig)
    wait = {"to": "packer", "intent_type": "pack.v1", "payload": {"parcel": 1}}
    answer = suspend(rig, taken["claim_id"], what="agent", **wait)["intent"]
    assert (answer["waiting_reason"], answer["pending_with"]["ref"]) == ("WAITING_FOR_AGENT", "packer")
    body = REQUEST.load({"worker_id": "p"})
    child = rig.do(claims.claim, "packer", body, key=None)["claims"][0]
    assert child["intent"]["payload"] == {"parcel": 1}
    assert child["intent"]["parent_intent_id"] == taken["intent_id"]
    complete(rig, child["claim_id"])
    rig.engine.run_due()
    resumed = one(rig)["resumed"]
    assert (resumed["by"], resumed["status"], resumed["result"]) == ("agent", "COMPLETED", {"done": 1})


@pytest.mark.parametrize("ending", ["canceled", "timed_out"])
def test_an_intent_that_ends_while_it_waits_for_another_takes_it_along(rig: Rig, ending: str) -> None:
    intent_id = rig.create()
    suspend(rig, one(rig)["claim_id"], what="agent", to="packer", intent_type="pack.v1", payload={})
    body = REQUEST.load({"worker_id": "p"})
    packing = rig.do(claims.claim, "packer", body, key=None)["claims"][0]
    suspend(rig, packing["claim_id"], what="agent", to="printer", intent_type="print.v1", payload={})
    printing = rig.do(claims.claim, "printer", body, key=None)["claims"][0]
    if ending == "canceled":
        rig.resolve(intent_id, "CANCELED")
        rig.engine.run_due()
    else:
        rig.controls(intent_id, {"controls": {"timeout_seconds": 10}})
        rig.advance(seconds=10)
    for relative in (packing, printing):
        child = rig.intent(relative["intent_id"])
        assert (child["status"], child["reason"]) == ("CANCELED", "the intent that waited for this one has ended")
    assert refusal(lambda: complete(rig, printing["claim_id"])).details["cause"] == "intent_terminal"


def test_an_intent_that_goes_on_leaves_the_other_to_its_agent(rig: Rig) -> None:
    intent_id = rig.create()
    suspend(rig, one(rig)["claim_id"], what="agent", to="packer", intent_type="pack.v1", payload={})
    rig.resume(intent_id, {"reason": "no need to wait"})
    complete(rig, one(rig)["claim_id"])
    rig.engine.run_due()
    packing = rig.do(claims.claim, "packer", REQUEST.load({"worker_id": "p"}), key=None)["claims"]
    assert len(packing) == 1


def test_a_nudge_wakes_what_is_suspended(rig: Rig) -> None:
    intent_id = rig.create()
    suspend(rig, one(rig)["claim_id"], what="time", seconds=3600)
    rig.resume(intent_id, {"reason": "no need to wait"})
    assert one(rig)["resumed"]["by"] == "resume"
    rig.advance(hours=2)
    assert rig.story(intent_id).count("in_progress") == 3


def test_a_suspended_intent_is_decided_in_the_inbox_of_who_is_asked_and_each_question_has_its_thread(rig: Rig) -> None:
    rig.create()
    boss = rig.account("boss")
    for outcome, decide in (("rejected", inbox.reject), ("approved", inbox.approve)):
        suspend(rig, one(rig)["claim_id"], what="human", human_task={"title": "Ship?", "assignees": [boss.address]})
        threads = rig.do(inbox.list_threads, owner="boss", status=None)["items"]
        asking = [thread for thread in threads if thread["status"] != "done"]
        assert len(asking) == 1
        rig.do(decide, asking[0]["thread_id"], {"comment": "c"}, owner="boss", who=boss)
        again = one(rig)
        assert (again["resumed"]["outcome"], again["resumed"]["comment"]) == (outcome, "c")
        rig.do(claims.release, again["claim_id"])
    assert rig.intent(threads[0]["intent_id"])["status"] == "IN_PROGRESS"
