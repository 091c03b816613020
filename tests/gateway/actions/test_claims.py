"""Claims: one worker at a time, under a lease that fences who comes too late."""

from __future__ import annotations

from typing import Any

import pytest

from axme.contract.schemas.claims import ClaimFail, ClaimRequest, ClaimSuspend
from axme.gateway.actions import claims, inbox, intents, mesh
from axme.gateway.auth.identity import Identity
from tests.gateway.rig import Body, Rig, race, refusal

_request, _fail, _suspend = ClaimRequest(), ClaimFail(), ClaimSuspend()


def claim(rig: Rig, worker_id: str = "w1", *, who: Identity | None = None, key: str | None = None, **more: Any) -> Any:
    """The claims a worker is given now."""
    body = _request.load({"worker_id": worker_id} | more)
    return rig.do(claims.claim, more.pop("address", "worker"), body, key=key, who=who)["claims"]


def one(rig: Rig, worker_id: str = "w1", **more: Any) -> Body:
    """The only claim a worker is given now."""
    found = claim(rig, worker_id, **more)
    assert len(found) == 1
    taken: Body = found[0]
    return taken


def fail(rig: Rig, claim_id: str, **more: Any) -> Body:
    """Fail with an error."""
    return rig.do(claims.fail, claim_id, _fail.load({"error": {"code": "broken", "message": "it broke"}} | more))


def suspend(rig: Rig, claim_id: str, checkpoint: Body | None = None, **wait: Any) -> Body:
    """Suspend for something."""
    wait["for"] = wait.pop("what")
    body = {"wait": wait} | ({"checkpoint": checkpoint} if checkpoint else {})
    return rig.do(claims.suspend, claim_id, _suspend.load(body))


def complete(rig: Rig, claim_id: str) -> Body:
    """Complete with a result."""
    return rig.do(claims.complete, claim_id, {"result": {"done": 1}})


def test_a_claim_takes_the_oldest_and_completes_it(rig: Rig) -> None:
    first = rig.create()
    rig.advance(seconds=1)
    second = rig.create()
    taken = one(rig)
    assert (taken["intent_id"], taken["attempt"], taken["checkpoint"], taken["resumed"]) == (first, 1, None, None)
    assert taken["intent"]["status"] == "IN_PROGRESS"
    assert rig.events(first)[-1]["details"] == {"worker_id": "w1", "attempt": 1}
    assert [found["intent_id"] for found in claim(rig, "w2", limit=10)] == [second]
    assert claim(rig, "w3") == []
    assert complete(rig, taken["claim_id"])["intent"]["result"] == {"done": 1}
    assert rig.story(first) == ["created", "submitted", "delivered", "in_progress", "completed"]
    rig.advance(hours=1)
    assert rig.intent(first)["status"] == "COMPLETED"


def test_each_delivery_has_one_worker_however_many_ask(rig: Rig) -> None:
    wanted = {rig.create(payload={"n": n}) for n in range(40)}
    calls = [lambda n=n: claim(rig, f"w{n % 8}", limit=3) for n in range(40)]
    found = race(calls, 8)
    taken = [each["intent_id"] for answer in found if isinstance(answer, list) for each in answer]
    assert sorted(taken) == sorted(wanted)


def test_an_expired_lease_is_taken_over_and_the_late_result_refused(rig: Rig) -> None:
    intent_id = rig.create()
    late = one(rig, "slow")
    assert rig.advance(seconds=29) == 0
    assert claim(rig, "w2") == []
    rig.advance(seconds=1)
    assert rig.events(intent_id)[-1]["details"] == {
        "delivery_attempt": 1,
        "reason": "lease_expired",
        "worker_id": "slow",
    }
    taken = one(rig, "w2")
    assert taken["attempt"] == 2
    for call in (
        lambda: complete(rig, late["claim_id"]),
        lambda: fail(rig, late["claim_id"]),
        lambda: suspend(rig, late["claim_id"], what="time", seconds=1),
        lambda: rig.do(claims.progress, late["claim_id"], {"message": "m"}),
        lambda: rig.do(claims.checkpoint, late["claim_id"], {"data": {}}),
        lambda: rig.do(claims.release, late["claim_id"]),
    ):
        error = refusal(call)
        assert error.code.code == "claim_lost"
        assert error.details["worker_id"] == "w2"
        assert "worker w2 has intent" in error.message
    assert complete(rig, taken["claim_id"])["intent"]["status"] == "COMPLETED"
    assert "COMPLETED" in refusal(lambda: complete(rig, late["claim_id"])).message


def test_renewed_leases_last_and_lost_ones_are_told_apart(rig: Rig) -> None:
    kept, canceled, paused = rig.create(), rig.create(), rig.create()
    ids = {found["intent_id"]: found["claim_id"] for found in claim(rig, limit=3)}
    rig.resolve(canceled, "CANCELED")
    rig.controls(paused, {"controls": {"paused": True}})
    for _ in range(4):
        rig.advance(seconds=20)
        answer = rig.do(claims.renew, {"claim_ids": [*ids.values(), "clm_nonsense"]})
        assert [found["claim_id"] for found in answer["renewed"]] == [ids[kept]]
        assert {found["claim_id"]: found["code"] for found in answer["lost"]} == {
            ids[canceled]: "intent_terminal",
            ids[paused]: "intent_paused",
            "clm_nonsense": "not_found",
        }
    assert rig.story(kept)[-1] == "in_progress"
    assert complete(rig, ids[kept])["intent"]["status"] == "COMPLETED"


def test_a_shorter_lease_ends_sooner(rig: Rig) -> None:
    intent_id = rig.create()
    taken = one(rig, lease_seconds=3600)
    rig.do(claims.renew, {"claim_ids": [taken["claim_id"]], "lease_seconds": 5})
    rig.advance(seconds=5)
    assert rig.story(intent_id)[-1] == "delivery_failed"


def test_a_request_sent_again_finds_what_it_claimed(rig: Rig) -> None:
    rig.create()
    first = one(rig, key="k1")
    again = one(rig, key="k1")
    assert again["claim_id"] == first["claim_id"]
    assert claim(rig, key="k2") == []


def test_failures_are_tried_again_after_growing_pauses_and_end_with_their_history(rig: Rig) -> None:
    intent_id = rig.create(max_delivery_attempts=3, reply_to="boss")
    rig.controls(intent_id, {"controls": {"retry_delay_seconds": 10}})
    for attempt, pause in ((1, 10), (2, 20)):
        taken = one(rig)
        assert taken["attempt"] == attempt
        answer = fail(rig, taken["claim_id"])
        assert answer["intent"]["status"] == "IN_PROGRESS"
        assert answer["event"]["details"]["delivery_attempt"] == attempt
        rig.advance(seconds=pause - 1)
        assert claim(rig) == []
        rig.advance(seconds=pause * 0.1 + 1)
    ended = fail(rig, one(rig)["claim_id"])["intent"]
    assert (ended["status"], ended["delivery_attempt"]) == ("FAILED", 3)
    assert (ended["error"]["code"], ended["error"]["message"]) == ("broken", "it broke")
    assert [(tried["attempt"], tried["outcome"]) for tried in ended["error"]["attempts"]] == [
        (1, "failed"),
        (2, "failed"),
        (3, "failed"),
    ]
    assert rig.story(intent_id)[-2:] == ["delivery_failed", "failed"]
    assert len(rig.do(inbox.list_threads, owner="boss", status=None)["items"]) == 1


def test_what_cannot_be_tried_again_ends_at_once(rig: Rig) -> None:
    rig.create()
    ended = fail(rig, one(rig)["claim_id"], retryable=False)["intent"]
    assert (ended["status"], ended["error"]["retryable"]) == ("FAILED", False)


def test_a_worker_may_name_the_pause(rig: Rig) -> None:
    rig.create()
    fail(rig, one(rig)["claim_id"], retry_after_seconds=90)
    rig.advance(seconds=89)
    assert claim(rig) == []
    rig.advance(seconds=1)
    assert one(rig)["attempt"] == 2


def test_poison_is_parked_with_who_lost_it_and_others_go_on(rig: Rig) -> None:
    poison, fine = rig.create(), rig.create()
    for n in range(5):
        found = {taken["intent_id"]: taken for taken in claim(rig, f"w{n}", limit=2)}
        if fine in found:
            complete(rig, found[fine]["claim_id"])
        assert poison in found
        rig.advance(seconds=30)
    ended = rig.intent(poison)
    assert ended["status"] == "FAILED"
    assert ended["error"]["code"] == "lease_expired"
    assert [tried["worker_id"] for tried in ended["error"]["attempts"]] == [f"w{n}" for n in range(5)]
    assert rig.intent(fine)["status"] == "COMPLETED"
    assert rig.do(claims.list_attempts, poison)["attempts"] == ended["error"]["attempts"]


def test_what_is_released_counts_no_attempt(rig: Rig) -> None:
    rig.create()
    rig.do(claims.release, one(rig)["claim_id"])
    assert one(rig, "w2")["attempt"] == 1


def test_a_checkpoint_comes_again(rig: Rig) -> None:
    rig.create()
    rig.do(claims.checkpoint, one(rig)["claim_id"], {"data": {"page": 7}})
    rig.advance(seconds=30)
    assert one(rig)["checkpoint"] == {"page": 7}


def test_programs_without_claims_still_finish_what_is_claimed(rig: Rig) -> None:
    intent_id = rig.create()
    taken = one(rig)
    rig.resume(intent_id, {"action": "complete", "parcels": 2})
    assert rig.intent(intent_id)["status"] == "COMPLETED"
    assert refusal(lambda: complete(rig, taken["claim_id"])).code.code == "claim_lost"
    rig.advance(hours=1)


def test_a_pause_ends_the_claim_and_its_end_delivers_again(rig: Rig) -> None:
    intent_id = rig.create()
    taken = one(rig)
    rig.controls(intent_id, {"controls": {"paused": True}})
    assert claim(rig) == []
    assert "paused" in refusal(lambda: complete(rig, taken["claim_id"])).message
    before = rig.do(agents_backlog, "worker")
    rig.controls(intent_id, {"controls": {"paused": False}})
    assert rig.do(agents_backlog, "worker") == before + 1
    assert one(rig, "w2")["attempt"] == 1


def test_a_killed_agent_loses_its_claims_and_gets_none(rig: Rig) -> None:
    worker = rig.account("worker")
    rig.create()
    taken = one(rig, who=worker)
    rig.do(mesh.kill, worker.address)
    assert refusal(lambda: claim(rig, who=worker)).code.code == "agent_killed"
    assert refusal(lambda: rig.do(claims.complete, taken["claim_id"], {"result": {}}, who=worker)).code.code == (
        "agent_killed"
    )
    lost = rig.do(claims.renew, {"claim_ids": [taken["claim_id"]]}, who=worker)["lost"]
    assert [found["code"] for found in lost] == ["agent_killed"]
    rig.do(mesh.resume, worker.address)
    assert one(rig, who=worker)["attempt"] == 1
    assert refusal(lambda: complete(rig, taken["claim_id"])).code.code == "claim_lost"


def test_nothing_comes_from_a_killed_sender(rig: Rig) -> None:
    sender = rig.account("sender")
    rig.create(who=sender)
    rig.do(mesh.kill, sender.address)
    assert claim(rig) == []
    rig.do(mesh.resume, sender.address)
    assert len(claim(rig)) == 1


def test_claims_are_of_their_own_workspace(rig: Rig) -> None:
    stranger = rig.peer("elsewhere")
    rig.create()
    taken = one(rig)
    assert refusal(lambda: rig.do(claims.complete, taken["claim_id"], {"result": {}}, who=stranger)).code.status == 404
    lost = rig.do(claims.renew, {"claim_ids": [taken["claim_id"]]}, who=stranger)["lost"]
    assert [found["code"] for found in lost] == ["not_found"]
    body = _request.load({"worker_id": "w"})
    assert (
        refusal(lambda: rig.do(claims.claim, "agent://local/default/worker", body, key=None, who=stranger)).code.status
        == 403
    )


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
    body = _request.load({"worker_id": "p"})
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
    body = _request.load({"worker_id": "p"})
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
    packing = rig.do(claims.claim, "packer", _request.load({"worker_id": "p"}), key=None)["claims"]
    assert len(packing) == 1


def test_a_nudge_wakes_what_is_suspended(rig: Rig) -> None:
    intent_id = rig.create()
    suspend(rig, one(rig)["claim_id"], what="time", seconds=3600)
    rig.resume(intent_id, {"reason": "no need to wait"})
    assert one(rig)["resumed"]["by"] == "resume"
    rig.advance(hours=2)
    assert rig.story(intent_id).count("in_progress") == 3


def test_what_is_handed_over_is_its_new_handlers_to_claim(rig: Rig) -> None:
    rig.create()
    taken = one(rig)
    thread_id = rig.do(inbox.list_threads, owner="worker", status=None)["items"][0]["thread_id"]
    rig.do(inbox.delegate, thread_id, {"delegate_to": "other"}, owner="worker")
    assert refusal(lambda: complete(rig, taken["claim_id"])).code.code == "claim_lost"
    assert claim(rig) == []
    assert len(rig.do(claims.claim, "other", _request.load({"worker_id": "w"}), key=None)["claims"]) == 1


def test_a_deadline_ends_the_claim(rig: Rig) -> None:
    intent_id = rig.create()
    taken = one(rig)
    rig.controls(intent_id, {"controls": {"timeout_seconds": 10}})
    rig.advance(seconds=10)
    assert "TIMED_OUT" in refusal(lambda: complete(rig, taken["claim_id"])).message


def agents_backlog(tx: Any, who: Identity, address: str) -> int:
    """How many deliveries an agent's stream would show."""
    from axme.gateway.actions import agents

    return len(agents.backlog(tx, who, address, 0, None).events)


def test_what_is_tried_again_is_on_the_stream_again(rig: Rig) -> None:
    intent_id = rig.create()
    one(rig)
    rig.advance(seconds=30)
    assert rig.do(agents_backlog, "worker") == 2
    assert rig.do(intents.get, intent_id)["intent"]["delivery_attempt"] == 2


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
