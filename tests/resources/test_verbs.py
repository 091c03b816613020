"""Each verb is one flat call, and the object takes its newest snapshot from the answer."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import axme
from axme import Agent, AxmeClient, AxmeConflictError, AxmeValueError, InboxThread, Intent, ServiceAccount
from tests.resources.samples import ACCOUNT, AGENT, ID, INTENT, THREAD
from tests.wire.recorder import Recorder

OWNER = THREAD["owner_agent"]
TID = THREAD["thread_id"]
Verb = Callable[[Any], Any]

INTENT_VERBS: dict[str, tuple[Verb, str, Any]] = {
    "cancel": (lambda i: i.cancel(), "resolve", {"status": "CANCELED", "reason": "canceled by the caller"}),
    "cancel with a reason": (lambda i: i.cancel("late"), "resolve", {"status": "CANCELED", "reason": "late"}),
    "complete": (lambda i: i.complete({"n": 1}), "resolve", {"status": "COMPLETED", "result": {"n": 1}}),
    "complete with nothing": (lambda i: i.complete(), "resolve", {"status": "COMPLETED", "result": {}}),
    "fail": (lambda i: i.fail({"code": 7}), "resolve", {"status": "FAILED", "error": {"code": 7}}),
    "fail with a text": (lambda i: i.fail("no"), "resolve", {"status": "FAILED", "error": {"message": "no"}}),
    "resolve": (
        lambda i: i.resolve("FAILED", error={"a": 1}, reason="r"),
        "resolve", {"status": "FAILED", "error": {"a": 1}, "reason": "r"},
    ),
    "decide": (
        lambda i: i.decide("approved", comment="fine", data={"n": 1}),
        "resume", {"task_result": {"outcome": "approved", "comment": "fine", "data": {"n": 1}}},
    ),
    "decide shortly": (lambda i: i.decide("rejected"), "resume", {"task_result": {"outcome": "rejected"}}),
    "resume": (lambda i: i.resume(), "resume", {}),
    "resume with a result": (lambda i: i.resume({"tool": "done"}), "resume", {"tool": "done"}),
    "pause": (lambda i: i.pause(), "controls", {"controls": {"paused": True}}),
    "unpause": (lambda i: i.unpause(), "controls", {"controls": {"paused": False}}),
    "update_controls": (
        lambda i: i.update_controls({"timeout_seconds": 9}, expected_generation=0),
        "controls", {"controls": {"timeout_seconds": 9}, "policy_generation": 0, "expected_policy_generation": 0},
    ),
    "update_policy": (
        lambda i: i.update_policy(envelope={"ttl_seconds": 60}), "policy", {"envelope": {"ttl_seconds": 60}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INTENT_VERBS)
def test_an_intent_verb(name: str, scripted: AxmeClient, recorder: Recorder) -> None:
    verb, path, body = INTENT_VERBS[name]
    intent = Intent._from(scripted, INTENT)
    recorder.answer({"ok": True, "intent": INTENT | {"status": "IN_PROGRESS", "policy_generation": 5}})
    assert verb(intent) is intent
    assert [(asked.method, asked.path, asked.body) for asked in recorder.asked] == [
        ("POST", f"/v1/intents/{ID}/{path}", body)
    ]
    assert (intent.status, intent.policy_generation) == ("IN_PROGRESS", 5)


@pytest.mark.parametrize(
    "verb",
    [
        lambda i: i.cancel(idempotency_key="k"),
        lambda i: i.complete({}, idempotency_key="k"),
        lambda i: i.fail("x", idempotency_key="k"),
        lambda i: i.decide("approved", idempotency_key="k"),
        lambda i: i.resume(idempotency_key="k"),
    ],
)
def test_an_ending_verb_takes_a_key(verb: Verb, scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intent": INTENT})
    verb(Intent._from(scripted, INTENT))
    assert recorder.last.headers["idempotency-key"] == "k"


THREAD_VERBS: dict[str, tuple[Verb, str, Any]] = {
    "approve": (lambda t: t.approve(), "approve", {}),
    "approve with a comment": (lambda t: t.approve("fine"), "approve", {"comment": "fine"}),
    "reject": (lambda t: t.reject("no"), "reject", {"comment": "no"}),
    "reply": (lambda t: t.reply("hello"), "reply", {"message": "hello"}),
    "delegate": (lambda t: t.delegate("bob", "please"), "delegate", {"delegate_to": "bob", "note": "please"}),
    "mark_read": (lambda t: t.mark_read(), "read", None),
    "delete_messages": (
        lambda t: t.delete_messages(["m-1"]), "messages/delete", {"mode": "self", "message_ids": ["m-1"]},
    ),
    "delete_messages everywhere": (
        lambda t: t.delete_messages(limit=2, everywhere=True), "messages/delete", {"mode": "both", "limit": 2},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", THREAD_VERBS)
def test_a_thread_verb_acts_for_the_owner(name: str, scripted: AxmeClient, recorder: Recorder) -> None:
    verb, path, body = THREAD_VERBS[name]
    thread = InboxThread._from(scripted, THREAD)
    recorder.answer({"ok": True, "thread": THREAD | {"status": "done"}})
    assert verb(thread) is thread
    assert [(asked.path, asked.query, asked.body) for asked in recorder.asked] == [
        (f"/v1/inbox/{TID}/{path}", {"owner_agent": OWNER}, body)
    ]
    assert thread.status == "done"


def test_a_thread_leads_to_its_intent_without_asking(scripted: AxmeClient, recorder: Recorder) -> None:
    thread = InboxThread._from(scripted, THREAD)
    assert thread.intent == scripted.intents.handle(ID)
    assert [entry.event_type for entry in thread.timeline] == ["intent_received"]
    assert repr(thread) == "<InboxThread …5e6f7a8b pending about intent …1a2b3c4d>"
    assert repr(thread.timeline[0]) == "<TimelineEntry intent_received by system>"
    assert not recorder.asked


def test_a_thread_handle_asks_for_its_owner(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "thread": THREAD})
    thread = scripted.inbox.get(TID, owner_agent=scripted.agents.handle("manager"))
    assert recorder.last.query == {"owner_agent": "manager"}
    recorder.answer({"ok": True, "thread": THREAD})
    thread.approve()
    assert recorder.last.query == {"owner_agent": OWNER}, "as last seen"


def test_create_takes_python_values(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intent_id": ID, "status": "DELIVERED", "created_at": "2026-11-22T12:00:00Z"})
    intent = scripted.intents.create(
        "order.v1",
        to=Agent._from(scripted, AGENT),
        payload={"n": 1},
        human_task={"title": "t"},
        reply_to="me",
        deadline=datetime(2026, 12, 24, 18, tzinfo=UTC),
        remind_after=timedelta(hours=1),
        remind_interval=timedelta(seconds=1.2),
        max_reminders=3,
        escalate_to="boss",
        max_delivery_attempts=4,
        correlation_id="c",
        idempotency_key="k",
    )
    assert recorder.last.body == {
        "intent_type": "order.v1",
        "to_agent": AGENT["address"],
        "payload": {"n": 1},
        "human_task": {"title": "t"},
        "reply_to": "me",
        "deadline_at": "2026-12-24T18:00:00.000000Z",
        "remind_after_seconds": 3600,
        "remind_interval_seconds": 2,
        "max_reminders": 3,
        "escalate_to": "boss",
        "max_delivery_attempts": 4,
        "correlation_id": "c",
    }
    assert recorder.last.headers["idempotency-key"] == "k"
    assert (intent.id, intent.status) == (ID, "DELIVERED")
    assert len(recorder.asked) == 1
    recorder.answer({"ok": True, "intent": INTENT})
    assert intent.to_agent == INTENT["to_agent"], "what the answer left out is fetched"


def test_a_deadline_may_count_from_now(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intent_id": ID, "status": "DELIVERED"})
    before = datetime.now(UTC)
    scripted.intents.create("order.v1", to="shop", deadline=timedelta(hours=2))
    sent = datetime.fromisoformat(recorder.last.body["deadline_at"])
    assert before <= sent - timedelta(hours=2) <= datetime.now(UTC)
    assert recorder.last.body["ttl_seconds"] == 7200, "the gateway's clock has the last word"
    recorder.answer({"ok": True, "intent_id": ID, "status": "TIMED_OUT"})
    scripted.intents.create("order.v1", to="shop", deadline=timedelta(hours=-2))
    assert "ttl_seconds" not in recorder.last.body


def test_controls_take_python_values(scripted: AxmeClient, recorder: Recorder) -> None:
    intent = scripted.intents.handle(ID)
    recorder.answer({"ok": True, "policy_generation": 1, "intent": INTENT})
    intent.update_controls(
        {"note": "mine"},
        timeout=timedelta(days=3),
        deadline=datetime(2026, 12, 24, 18, tzinfo=UTC),
        remind_after=timedelta(hours=1),
        remind_interval=timedelta(minutes=30),
        max_reminders=5,
        escalate_to="boss",
        reminders=[axme.Reminder(timedelta(hours=2), "soon"), axme.Reminder(timedelta(1)), {"offset_seconds": 9}],
        max_retries=0,
        retry_delay=timedelta(0),
        expected_generation=4,
    )
    assert recorder.last.body == {
        "controls": {
            "note": "mine",
            "timeout_seconds": 259_200,
            "deadline_at": "2026-12-24T18:00:00.000000Z",
            "remind_after_seconds": 3600,
            "remind_interval_seconds": 1800,
            "max_reminders": 5,
            "escalate_to": "boss",
            "reminders": [{"offset_seconds": 7200, "note": "soon"}, {"offset_seconds": 86_400}, {"offset_seconds": 9}],
            "max_retries": 0,
            "retry_delay_seconds": 0,
        },
        "policy_generation": 4,
        "expected_policy_generation": 4,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "name something to change"),
        ({"controls": {"timeout_seconds": 5}, "timeout": timedelta(1)}, "timeout_seconds is given twice"),
        ({"timeout": 60}, "timeout must be a timedelta above 0"),
        ({"timeout": timedelta.max}, "timeout is at most 24855 days"),
        ({"deadline": datetime(2026, 1, 1)}, "deadline must be .* with a time zone"),
        ({"deadline": timedelta.max}, "outside the calendar"),
        ({"retry_delay": timedelta(-1)}, "retry_delay must be a timedelta from 0 on"),
        ({"reminders": [axme.Reminder(timedelta(0))]}, "Reminder.after must be a timedelta above 0"),
    ],
)
def test_controls_that_cannot_be_meant_are_refused(
    arguments: dict[str, Any], said: str, scripted: AxmeClient, recorder: Recorder
) -> None:
    with pytest.raises(AxmeValueError, match=said):
        scripted.intents.handle(ID).update_controls(**arguments)
    assert not recorder.asked


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"deadline": datetime(2026, 1, 1)}, "time zone"),
        ({"deadline": 60}, "deadline must be"),
        ({"deadline": timedelta(hours=1), "idempotency_key": "k"}, "give a datetime"),
        ({"remind_after": timedelta(0)}, "remind_after must be a timedelta above 0"),
        ({"remind_interval": 5}, "remind_interval must be a timedelta above 0"),
        ({"payload": [1]}, "payload must be a dict"),
        ({"payload": {"n": float("nan")}}, "NaN|nan"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: dict[str, Any], said: str, scripted: AxmeClient, recorder: Recorder
) -> None:
    with pytest.raises(AxmeValueError, match=said):
        scripted.intents.create("order.v1", to="shop", **arguments)
    assert not recorder.asked


def test_bulk_cancel_is_a_rehearsal_unless_said_otherwise(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "dry_run": True, "would_cancel": 2, "intent_ids": ["a", "b"]})
    report = scripted.intents.bulk_cancel()
    assert recorder.last.body == {"older_than_hours": 24.0, "dry_run": True}
    assert (report.dry_run, report.would_cancel, report.intent_ids) == (True, 2, ["a", "b"])
    assert repr(report) == "<BulkCancel would cancel 2>"
    recorder.answer({"ok": True, "dry_run": False, "canceled": 1, "intent_ids": ["a"]})
    report = scripted.intents.bulk_cancel(
        older_than=timedelta(minutes=30), dry_run=False, reason="old", limit=9, status=["WAITING", "DELIVERED"]
    )
    assert recorder.last.body == {
        "older_than_hours": 0.5,
        "dry_run": False,
        "reason": "old",
        "limit": 9,
        "status_filter": ["WAITING", "DELIVERED"],
    }
    assert (report.canceled, repr(report)) == (1, "<BulkCancel canceled 1>")


@pytest.mark.parametrize("bad", [24, None, timedelta(seconds=-1)])
def test_bulk_cancel_wants_a_duration(bad: Any, scripted: AxmeClient, recorder: Recorder) -> None:
    with pytest.raises(AxmeValueError, match="older_than must be a timedelta"):
        scripted.intents.bulk_cancel(older_than=bad)
    assert not recorder.asked


def test_retry_sends_the_same_again(scripted: AxmeClient, recorder: Recorder) -> None:
    failed = Intent._from(scripted, INTENT | {"status": "FAILED", "reply_to": "me", "escalate_to": "boss"})
    recorder.answer({"ok": True, "intent_id": "new", "status": "DELIVERED"})
    again = failed.retry()
    assert (again.id, failed.id) == ("new", ID)
    body = recorder.last.body
    assert body.pop("correlation_id") != INTENT["correlation_id"]
    assert body == {
        "intent_type": INTENT["intent_type"],
        "to_agent": INTENT["to_agent"],
        "payload": INTENT["payload"],
        "reply_to": "me",
        "escalate_to": "boss",
    }
    assert len(recorder.asked) == 1


@pytest.mark.parametrize("status", ["WAITING", "COMPLETED"])
def test_retry_looks_again_and_refuses_what_did_not_fail(status: str, scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intent": INTENT | {"status": status}})
    with pytest.raises(AxmeValueError, match=f"is {status}: only one that did not succeed"):
        Intent._from(scripted, INTENT).retry()
    assert [asked.method for asked in recorder.asked] == ["GET"]


def test_creating_an_agent_finds_the_one_that_is_there(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "service_account": ACCOUNT})
    agent = scripted.agents.create("fulfillment", display_name="Fulfillment")
    assert recorder.last.body == {"name": "fulfillment", "display_name": "Fulfillment"}
    assert agent.address == agent.id == ACCOUNT["agent_address"]
    assert (agent.service_account_id, agent.service_account_name, agent.status) == ("sa_1", "fulfillment", "active")
    recorder.answer({"ok": False, "error": {"code": "duplicate", "message": "taken"}, "service_account": ACCOUNT}, 409)
    assert scripted.agents.create("fulfillment") == agent
    recorder.answer({"ok": False, "error": {"code": "idempotency_conflict", "message": "no"}}, 409)
    with pytest.raises(AxmeConflictError):
        scripted.agents.create("fulfillment")


def test_an_agent_sends(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intent_id": ID, "status": "DELIVERED"})
    scripted.agents.handle("shop").send("order.v1", {"n": 1}, idempotency_key="k")
    body = recorder.last.body
    assert (body["to_agent"], body["intent_type"], body["payload"]) == ("shop", "order.v1", {"n": 1})


def test_a_secret_is_revealed_once_and_shown_nowhere(scripted: AxmeClient, recorder: Recorder) -> None:
    told = {"key_id": "sak_1", "service_account_id": "sa_1", "status": "active", "token": "axme_sa_sa_1_verysecret"}
    recorder.answer({"ok": True, "key": told})
    key = ServiceAccount._from(scripted, ACCOUNT).create_key(expires=datetime(2027, 1, 1, tzinfo=UTC))
    assert recorder.last.body == {"expires_at": "2027-01-01T00:00:00.000000Z"}
    shown = repr(key) + str(key.raw) + repr(key._secret) + repr(copy.deepcopy(key).raw)
    assert "verysecret" not in shown
    assert b"verysecret" not in pickle.dumps(key)
    assert key.reveal() == "axme_sa_sa_1_verysecret"
    with pytest.raises(AxmeValueError, match="is gone: make a new key"):
        key.reveal()
    recorder.answer({"ok": True, "key": {"key_id": "sak_1", "service_account_id": "sa_1", "status": "revoked"}})
    assert key.revoke().status == "revoked"
    assert recorder.last.path == "/v1/service-accounts/sa_1/keys/sak_1/revoke"
    recorder.answer({"ok": True, "keys": [{"key_id": "sak_1", "service_account_id": "sa_1", "status": "revoked"}]})
    assert key.refresh().status == "revoked"
    assert recorder.last.path == "/v1/service-accounts/sa_1/keys"


def test_service_accounts(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "service_account": ACCOUNT})
    account = scripted.service_accounts.create("fulfillment", description="ships")
    assert recorder.last.body == {"name": "fulfillment", "description": "ships"}
    assert (account.name, account.agent_address, account.display_name) == ("fulfillment", AGENT["address"], None)
    assert repr(account) == "<ServiceAccount sa_1 fulfillment active>"
    recorder.answer({"ok": True, "service_accounts": [ACCOUNT]})
    assert scripted.service_accounts.list().all() == [account]
    recorder.answer({"ok": True, "key": {"key_id": "sak_1", "service_account_id": "sa_1", "status": "revoked"}})
    assert account.revoke_key("sak_1").id == "sak_1"
    recorder.answer({"ok": True, "service_account_id": "sa_1", "deleted": True})
    account.delete()
    assert (recorder.last.method, recorder.last.path) == ("DELETE", "/v1/service-accounts/sa_1")


def test_decisions_by_id(scripted: AxmeClient, recorder: Recorder) -> None:
    decided = {"approval_id": ID, "decision": "reject", "comment": "no", "decided_at": "2026-11-22T12:00:00Z"}
    recorder.answer({"ok": True, "approval": decided})
    approval = scripted.approvals.reject(ID, "no")
    assert recorder.last.body == {"decision": "reject", "comment": "no"}
    assert (approval.decision, approval.comment, approval.decided_at.year) == ("reject", "no", 2026)
    recorder.answer({"ok": True, "approval": decided | {"decision": "approve", "comment": None}})
    assert scripted.approvals.approve(ID).comment is None
    assert recorder.last.body == {"decision": "approve"}


def test_capabilities(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "capabilities": ["intent.submit"], "supported_intent_types": ["intent.ask.v1"]})
    found = scripted.capabilities()
    assert (found.capabilities, found.supported_intent_types) == (["intent.submit"], ["intent.ask.v1"])
