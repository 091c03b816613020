"""Controls, policy, pause and who may change them (contract 2.10)."""

from __future__ import annotations

from axme.contract.schemas.service_accounts import ServiceAccountCreate
from axme.gateway.actions import intents, service_accounts
from axme.gateway.errors import GatewayError
from tests.gateway.rig import Rig, race, refusal


def test_both_spellings_of_a_patch_are_merged_and_null_deletes(rig: Rig) -> None:
    intent_id = rig.create()
    first = rig.controls(intent_id, {"controls": {"max_retries": 3, "mine": {"a": 1, "b": 2}}, "policy_generation": 0})
    assert first["policy_generation"] == first["intent"]["policy_generation"] == 1
    patch = {"controls": {"max_retries": None}, "controls_patch": {"mine": {"a": None, "c": 3}}}
    second = rig.controls(intent_id, patch)
    assert second["controls"] == {"mine": {"b": 2, "c": 3}}
    third = rig.policy(intent_id, {"grants_patch": {"delegate:agent://x": {"allow": ["resume"]}}, "envelope": {"n": 1}})
    assert third["policy"] == {
        "grants": {"delegate:agent://x": {"allow": ["resume"]}},
        "controls": {"mine": {"b": 2, "c": 3}},
        "envelope": {"n": 1},
        "policy_generation": 3,
    }
    assert rig.story(intent_id) == ["created", "submitted", "delivered"]


def test_a_stale_generation_is_told_the_current_one(rig: Rig) -> None:
    intent_id = rig.create()
    rig.controls(intent_id, {"controls": {"n": 1}})
    for stale in (
        lambda: rig.controls(intent_id, {"controls": {"n": 2}, "policy_generation": 0}),
        lambda: rig.policy(intent_id, {"grants": {}, "expected_policy_generation": 0}),
        lambda: rig.resume(intent_id, {"policy_generation": 7}),
    ):
        error = refusal(stale)
        assert (error.code.code, (error.details or {})["policy_generation"]) == ("policy_generation_conflict", 1)
    both = {"controls": {}, "policy_generation": 1, "expected_policy_generation": 2}
    assert refusal(lambda: rig.controls(intent_id, both)).code.status == 400
    assert rig.intent(intent_id)["controls"] == {"n": 1}


def test_one_writer_wins_each_generation(rig: Rig) -> None:
    intent_id = rig.create()
    calls = [
        lambda n=n, generation=generation: rig.controls(
            intent_id, {"controls": {f"g{generation}": n}, "policy_generation": generation}
        )
        for generation in range(10)
        for n in range(8)
    ]
    won = [result for result in race(calls, 8) if not isinstance(result, GatewayError)]
    generations = sorted(result["policy_generation"] for result in won)
    assert generations == list(range(1, len(won) + 1))
    assert rig.intent(intent_id)["policy_generation"] == len(won)
    assert len(rig.intent(intent_id)["controls"]) == len(won)


def test_a_paused_intent_takes_no_result_until_it_goes_on(rig: Rig) -> None:
    intent_id, task, doomed = rig.create(), rig.create(human_task={}), rig.create()
    for each in (intent_id, task, doomed):
        assert rig.controls(each, {"controls": {"paused": True}})["intent"]["paused"] is True
    for work in (
        lambda: rig.resume(intent_id, {"action": "complete"}),
        lambda: rig.resolve(intent_id, "COMPLETED"),
        lambda: rig.resume(task, {"task_result": {"outcome": "approved"}}),
    ):
        assert refusal(work).code.code == "intent_paused"
    assert rig.resolve(doomed, "CANCELED")["intent"]["status"] == "CANCELED"
    rig.controls(task, {"controls": {"paused": False}})
    assert rig.resume(task, {"task_result": {"outcome": "approved"}})["intent"]["status"] == "COMPLETED"
    going_on = rig.resume(intent_id, {})
    assert (going_on["intent"]["paused"], going_on["intent"]["status"]) == (False, "DELIVERED")
    assert rig.resume(intent_id, {"action": "complete"})["intent"]["status"] == "COMPLETED"


def test_lifting_a_pause_answers_for_nobody(rig: Rig) -> None:
    task = rig.create(human_task={})
    rig.controls(task, {"controls": {"paused": True}})
    going_on = rig.resume(task, {})
    assert (going_on["intent"]["paused"], going_on["intent"]["waiting_reason"]) == (False, "WAITING_FOR_HUMAN")
    assert "event" not in going_on


def test_strangers_cannot_tell_an_intent_from_a_missing_one(rig: Rig) -> None:
    peer, foreign = rig.peer(), rig.peer("Acme")
    intent_id, missing = rig.create(), "00000000-0000-0000-0000-000000000000"
    for stranger in (peer, foreign):
        for look in (intents.get, lambda tx, who, i: intents.events(tx, who, i, 0)):
            real = refusal(lambda look=look, stranger=stranger: rig.do(look, intent_id, who=stranger))
            absent = refusal(lambda look=look, stranger=stranger: rig.do(look, missing, who=stranger))
            assert (real.code, real.details) == (absent.code, absent.details)
            assert real.message.replace(intent_id, "?") == absent.message.replace(missing, "?")
        assert rig.do(intents.list_intents, status=None, limit=9, who=stranger)["intents"] == []
        assert refusal(lambda stranger=stranger: rig.resolve(intent_id, "CANCELED", who=stranger)).code.status == 404


def test_a_delegate_may_do_what_its_grant_lists_and_no_more(rig: Rig) -> None:
    peer, foreign = rig.peer(), rig.peer("Acme")
    intent_id = rig.create()
    grants = {
        f"delegate:{peer.address}": {"allow": ["update_controls"]},
        f"delegate:{foreign.address}": {"allow": ["resume"]},
    }
    rig.policy(intent_id, {"grants": grants})
    assert rig.controls(intent_id, {"controls": {"by": "peer"}}, who=peer)["controls"] == {"by": "peer"}
    error = refusal(lambda: rig.resume(intent_id, {"action": "complete"}, who=peer))
    assert (error.code.status, error.details) == (403, {"intent_id": intent_id, "verb": "resume"})
    assert refusal(lambda: rig.resume(intent_id, {}, who=foreign)).code.status == 404


def test_an_owner_must_be_of_the_callers_workspace(rig: Rig) -> None:
    intent_id = rig.create()
    assert refusal(lambda: rig.resume(intent_id, {}, owner="agent://local/other/x")).code.code == "owner_scope_mismatch"
    assert (
        rig.resume(intent_id, {"action": "complete"}, owner="worker")["event"]["actor"]
        == "agent://local/default/worker"
    )


def test_a_name_belongs_to_one_living_account(rig: Rig) -> None:
    body = ServiceAccountCreate().load({"name": "Fulfillment Service"})
    made = rig.do(service_accounts.create, body)["service_account"]
    assert made["address"] == made["agent_address"] == "agent://local/default/fulfillment-service"
    error = refusal(lambda: rig.do(service_accounts.create, body))
    assert error.code.code == "duplicate"
    assert error.extra["service_account"] == made
    rig.do(service_accounts.delete, made["service_account_id"])
    again = rig.do(service_accounts.create, body)["service_account"]
    assert again["service_account_id"] != made["service_account_id"]
    assert refusal(lambda: rig.do(service_accounts.get, made["service_account_id"])).code.status == 404
