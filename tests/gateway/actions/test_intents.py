"""Intents from creation to their one end."""

from __future__ import annotations

import pytest

from axme.contract.schemas.intents import IntentCreate
from axme.gateway.actions import inbox, intents
from axme.gateway.lifecycle.transitions import SYSTEM
from tests.gateway.rig import Rig, refusal

TERMINAL = {"COMPLETED": "completed", "FAILED": "failed", "CANCELED": "canceled"}


def test_a_new_intent_is_delivered_and_says_who_sent_it(rig: Rig) -> None:
    intent_id = rig.create(from_agent="agent://somebody/else/entirely", correlation_id="corr-1")
    intent = rig.intent(intent_id)
    assert rig.story(intent_id) == ["created", "submitted", "delivered"]
    assert intent["status"] == intent["lifecycle_status"] == "DELIVERED"
    assert intent["from_agent"] == "agent://local/default/admin"
    assert intent["to_agent"] == intent["handler"] == "agent://local/default/worker"
    assert (intent["seq"], intent["policy_generation"], intent["correlation_id"]) == (3, 0, "corr-1")
    assert not {"reply_to", "deadline_at", "human_task", "pending_with", "result", "reason"} & intent.keys()


@pytest.mark.parametrize("status", TERMINAL)
def test_resolving_ends_an_intent_for_good(rig: Rig, status: str) -> None:
    intent_id = rig.create()
    answer = rig.resolve(intent_id, status)
    between = ["in_progress"] if status == "COMPLETED" else []
    assert rig.story(intent_id) == ["created", "submitted", "delivered", *between, TERMINAL[status]]
    assert answer["intent"]["status"] == answer["event"]["status"] == status
    assert answer["completion_delivery"]["delivered"] is False
    assert [event["seq"] for event in rig.events(intent_id)] == list(range(1, len(rig.events(intent_id)) + 1))
    before = rig.intent(intent_id)
    for again in (
        lambda: rig.resolve(intent_id, "CANCELED"),
        lambda: rig.resume(intent_id, {"action": "complete"}),
        lambda: rig.resume(intent_id, {}),
        lambda: rig.controls(intent_id, {"controls": {"paused": True}}),
        lambda: rig.policy(intent_id, {"grants": {}}),
    ):
        error = refusal(again)
        assert (error.code.code, error.details) == (
            "intent_terminal",
            {"intent_id": intent_id, "status": status, "seq": before["seq"]},
        )
    assert rig.intent(intent_id) == before


def test_a_resolution_must_say_how_it_ended(one_rig: Rig) -> None:
    intent_id = one_rig.create()
    for status, missing in (("COMPLETED", "result"), ("FAILED", "error")):
        error = refusal(lambda status=status, missing=missing: one_rig.resolve(intent_id, status, **{missing: None}))
        assert (error.code.status, error.details) == (422, {"field": missing})
    assert refusal(lambda: one_rig.resolve(intent_id, "EXPIRED")).code.status == 422
    assert one_rig.resolve(intent_id, "cancelled")["intent"]["reason"] == "canceled by the caller"


def test_an_agent_brings_back_a_result_or_a_failure(rig: Rig) -> None:
    done, broken, plain = rig.create(), rig.create(), rig.create()
    body = {"action": "complete", "total": 3, "actor": "agent://local/default/worker", "policy_generation": 0}
    answer = rig.resume(done, body)
    assert answer["intent"]["result"] == {"action": "complete", "total": 3}
    assert answer["event"]["actor"] == "agent://local/default/worker"
    assert rig.resume(broken, {"action": "fail", "why": "no stock"})["intent"]["error"]["why"] == "no stock"
    assert rig.intent(broken)["status"] == "FAILED"
    assert rig.resume(plain, {"outcome": "success"})["intent"]["result"] == {"outcome": "success"}


def test_a_bare_resume_starts_work_and_can_be_repeated(rig: Rig) -> None:
    intent_id = rig.create()
    assert rig.resume(intent_id, {"reason": "go on"})["intent"]["status"] == "IN_PROGRESS"
    assert "event" not in rig.resume(intent_id, {})
    assert rig.story(intent_id)[3:] == ["in_progress"]


def test_the_end_is_reported_to_reply_to_exactly_once(rig: Rig) -> None:
    intent_id = rig.create(reply_to="boss")
    delivery = rig.resolve(intent_id, "COMPLETED", result={"sum": 4})["completion_delivery"]
    assert delivery["delivered"] is True
    assert delivery["completion"]["result"] == {"sum": 4}
    (thread,) = rig.do(inbox.list_threads, owner="boss", status=None)["items"]
    assert (thread["thread_id"], thread["intent_id"]) == (delivery["thread_id"], intent_id)
    assert thread["from_agent"] == "agent://local/default/worker"
    assert thread["timeline"][0]["details"] == delivery["completion"]
    assert thread["timeline"][0]["actor"] == SYSTEM


def test_listing_filters_by_status_in_either_vocabulary(rig: Rig) -> None:
    waiting, done = rig.create(intent_type="a.v1"), rig.create(to_agent="other")
    rig.resolve(done, "COMPLETED")

    def listed(**filters: object) -> list[str]:
        found = rig.do(intents.list_intents, **({"status": None, "limit": 10} | filters))["intents"]
        return [intent["intent_id"] for intent in found]

    assert sorted(listed()) == sorted([waiting, done])
    assert listed(status="pending") == [waiting]
    assert listed(status="resolved,failed") == [done]
    assert listed(to_agent="other") == [done]
    assert listed(intent_type="a.v1") == [waiting]
    assert listed(limit=1, status="DELIVERED,COMPLETED") in ([waiting], [done])
    newest, oldest = listed()
    assert listed(limit=1, before=newest) == [oldest]
    assert listed(before=oldest) == []
    assert listed(agent="other") == [done]
    assert sorted(listed(agent="admin")) == sorted([waiting, done])
    assert listed(text="A.V") == listed(text=waiting[-12:].upper()) == [waiting]
    assert listed(text="%") == listed(text="_") == []
    assert refusal(lambda: listed(status="nonsense")).code.status == 422


def test_another_organization_is_closed_and_the_refusal_is_on_record(rig: Rig) -> None:
    error = refusal(lambda: rig.create(to_agent="agent://acme/prod/robot"))
    assert error.code.code == "policy_denied"
    assert audited(rig) == ["refused intent.create agent://acme/prod/robot"]
    assert rig.do(intents.list_intents, status=None, limit=5)["intents"] == []


def audited(rig: Rig) -> list[str]:
    from sqlalchemy import text

    rows = rig.store.read_sync(lambda tx: tx.query(text("SELECT outcome, action, target FROM audit_events")))
    return [f"{row['outcome']} {row['action']} {row['target']}" for row in rows]


def test_a_payload_has_a_limit_in_bytes(one_rig: Rig) -> None:
    fits = {"text": "é" * ((131_072 - len('{"text":""}')) // 2)}
    one_rig.create(payload=fits)
    error = refusal(lambda: one_rig.create(payload={"text": fits["text"] + "éé"}))
    assert (error.code.status, error.details) == (413, {"bytes": 131_075, "limit": 131_072})


def test_the_character_zero_is_refused_and_an_escaped_one_is_not(one_rig: Rig) -> None:
    assert refusal(lambda: one_rig.create(payload={"text": "a\x00b"})).code.status == 422
    written = {"text": r"a\u0000b"}
    assert one_rig.intent(one_rig.create(payload=written))["payload"] == written


def test_bulk_cancel_rehearses_first(rig: Rig) -> None:
    old, done = rig.create(), rig.create()
    rig.resolve(done, "COMPLETED")
    rig.advance(hours=2)
    new = rig.create()
    body = {"older_than_hours": 1.0, "dry_run": True, "reason": "tidy up", "limit": 10}
    assert rig.do(intents.bulk_cancel, body) == {
        "ok": True, "dry_run": True, "would_cancel": 1, "intent_ids": [old],
    }  # fmt: skip
    assert rig.intent(old)["status"] == "DELIVERED"
    assert rig.do(intents.bulk_cancel, body | {"dry_run": False})["canceled"] == 1
    assert rig.intent(old)["reason"] == "tidy up"
    assert [rig.intent(i)["status"] for i in (old, done, new)] == ["CANCELED", "COMPLETED", "DELIVERED"]


def test_only_what_the_body_may_say_is_taken_from_it() -> None:
    loaded = IntentCreate().load({"intent_type": "a.v1", "to_agent": "b", "status": "COMPLETED", "seq": 9, "note": "x"})
    assert loaded["payload"] == {"note": "x"}
    assert not {"status", "seq"} & loaded.keys()


def test_a_workspace_lists_what_it_sent_and_what_it_received_newest_first(rig: Rig) -> None:
    made = []
    for n in range(6):
        rig.advance(seconds=1)
        made.append(rig.create(to_agent="agent://local/other/peer" if n % 2 else "worker"))
    for limit in (1, 4, 10):
        found = rig.do(intents.list_intents, status="pending", limit=limit)["intents"]
        assert [intent["intent_id"] for intent in found] == made[::-1][:limit]
