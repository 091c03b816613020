"""Claims: one worker at a time, under a lease that fences who comes too late."""

from __future__ import annotations

from typing import Any

from axme.gateway.actions import claims, inbox, intents, mesh
from axme.gateway.auth.identity import Identity
from tests.gateway.actions.claiming import REQUEST, claim, complete, fail, one, suspend
from tests.gateway.rig import Rig, race, refusal


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


def test_aREQUEST_sent_again_finds_what_it_claimed(rig: Rig) -> None:
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
    body = REQUEST.load({"worker_id": "w"})
    assert (
        refusal(lambda: rig.do(claims.claim, "agent://local/default/worker", body, key=None, who=stranger)).code.status
        == 403
    )


def test_what_is_handed_over_is_its_new_handlers_to_claim(rig: Rig) -> None:
    rig.create()
    taken = one(rig)
    thread_id = rig.do(inbox.list_threads, owner="worker", status=None)["items"][0]["thread_id"]
    rig.do(inbox.delegate, thread_id, {"delegate_to": "other"}, owner="worker")
    assert refusal(lambda: complete(rig, taken["claim_id"])).code.code == "claim_lost"
    assert claim(rig) == []
    assert len(rig.do(claims.claim, "other", REQUEST.load({"worker_id": "w"}), key=None)["claims"]) == 1


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
