"""What each flat call puts on the wire: method, path, query and body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from axme import AxmeClient
from tests.wire.recorder import Recorder

ID = "7d0b2c8e-3f43-4a5e-9d7c-0f7c1a2b3c4d"
OWNER = "agent://acme/prod/owner"
Row = tuple[Callable[[AxmeClient], Any], str, str, dict[str, str], Any]

CALLS: dict[str, Row] = {
    "health": (lambda c: c.health(), "GET", "/health", {}, None),
    "get_capabilities": (lambda c: c.get_capabilities(), "GET", "/v1/capabilities", {}, None),
    "get_intent": (lambda c: c.get_intent(ID), "GET", f"/v1/intents/{ID}", {}, None),
    "list_intents": (lambda c: c.list_intents(), "GET", "/v1/intents", {}, None),
    "list_intents filtered": (
        lambda c: c.list_intents(
            status="WAITING,pending", limit=5, intent_type="a.v1", to_agent="b", from_agent="c", correlation_id="d"
        ),
        "GET",
        "/v1/intents",
        {
            "status": "WAITING,pending",
            "limit": "5",
            "intent_type": "a.v1",
            "to_agent": "b",
            "from_agent": "c",
            "correlation_id": "d",
        },
        None,
    ),
    "list_intent_events": (
        lambda c: c.list_intent_events(ID, since=3), "GET", f"/v1/intents/{ID}/events", {"since": "3"}, None,
    ),
    "list_intent_events from the start": (
        lambda c: c.list_intent_events(ID, since=0), "GET", f"/v1/intents/{ID}/events", {}, None,
    ),
    "resolve_intent": (
        lambda c: c.resolve_intent(ID, {"status": "COMPLETED", "result": {}}, owner_agent=OWNER),
        "POST", f"/v1/intents/{ID}/resolve", {"owner_agent": OWNER}, {"status": "COMPLETED", "result": {}},
    ),
    "resume_intent": (
        lambda c: c.resume_intent(ID, {"action": "complete", "n": 1}),
        "POST", f"/v1/intents/{ID}/resume", {}, {"action": "complete", "n": 1},
    ),
    "update_intent_controls": (
        lambda c: c.update_intent_controls(ID, {"controls": {"timeout_seconds": 5}}, policy_generation=2),
        "POST", f"/v1/intents/{ID}/controls", {},
        {"controls": {"timeout_seconds": 5}, "policy_generation": 2, "expected_policy_generation": 2},
    ),
    "update_intent_policy": (
        lambda c: c.update_intent_policy(ID, {"grants_patch": {}}, policy_generation=0),
        "POST", f"/v1/intents/{ID}/policy", {},
        {"grants_patch": {}, "policy_generation": 0, "expected_policy_generation": 0},
    ),
    "bulk_cancel_intents": (
        lambda c: c.bulk_cancel_intents({"dry_run": False}), "POST", "/v1/intents/bulk-cancel", {}, {"dry_run": False},
    ),
    "list_inbox": (
        lambda c: c.list_inbox(owner_agent=OWNER, status="pending"),
        "GET", "/v1/inbox", {"owner_agent": OWNER, "status": "pending"}, None,
    ),
    "get_inbox_thread": (
        lambda c: c.get_inbox_thread(ID, owner_agent=OWNER), "GET", f"/v1/inbox/{ID}", {"owner_agent": OWNER}, None,
    ),
    "list_inbox_changes": (
        lambda c: c.list_inbox_changes(cursor="17:x", limit=3),
        "GET", "/v1/inbox/changes", {"cursor": "17:x", "limit": "3"}, None,
    ),
    "mark_inbox_thread_read": (
        lambda c: c.mark_inbox_thread_read(ID), "POST", f"/v1/inbox/{ID}/read", {}, None,
    ),
    "reply_inbox_thread": (
        lambda c: c.reply_inbox_thread(ID, message="hello"), "POST", f"/v1/inbox/{ID}/reply", {}, {"message": "hello"},
    ),
    "delegate_inbox_thread": (
        lambda c: c.delegate_inbox_thread(ID, {"delegate_to": "bob"}),
        "POST", f"/v1/inbox/{ID}/delegate", {}, {"delegate_to": "bob"},
    ),
    "approve_inbox_thread": (
        lambda c: c.approve_inbox_thread(ID, {"note": "fine"}, owner_agent=OWNER),
        "POST", f"/v1/inbox/{ID}/approve", {"owner_agent": OWNER}, {"note": "fine"},
    ),
    "reject_inbox_thread": (
        lambda c: c.reject_inbox_thread(ID, {}), "POST", f"/v1/inbox/{ID}/reject", {}, {},
    ),
    "delete_inbox_messages": (
        lambda c: c.delete_inbox_messages(ID, {"mode": "self", "limit": 1}),
        "POST", f"/v1/inbox/{ID}/messages/delete", {}, {"mode": "self", "limit": 1},
    ),
    "decide_approval": (
        lambda c: c.decide_approval(ID, decision="approve"),
        "POST", f"/v1/approvals/{ID}/decision", {}, {"decision": "approve"},
    ),
    "decide_approval with a comment": (
        lambda c: c.decide_approval(ID, decision="reject", comment="no"),
        "POST", f"/v1/approvals/{ID}/decision", {}, {"decision": "reject", "comment": "no"},
    ),
    "list_agents": (
        lambda c: c.list_agents(org_id="o", workspace_id="w", limit=7),
        "GET", "/v1/agents", {"org_id": "o", "workspace_id": "w", "limit": "7"}, None,
    ),
    "list_agents of the caller": (lambda c: c.list_agents(), "GET", "/v1/agents", {}, None),
    "get_agent": (
        lambda c: c.get_agent(OWNER), "GET", "/v1/agents/agent%3A%2F%2Facme%2Fprod%2Fowner", {}, None,
    ),
    "create_service_account": (
        lambda c: c.create_service_account({"name": "shop"}), "POST", "/v1/service-accounts", {}, {"name": "shop"},
    ),
    "list_service_accounts": (
        lambda c: c.list_service_accounts(org_id="o"), "GET", "/v1/service-accounts", {"org_id": "o"}, None,
    ),
    "get_service_account": (
        lambda c: c.get_service_account("sa_1"), "GET", "/v1/service-accounts/sa_1", {}, None,
    ),
    "delete_service_account": (
        lambda c: c.delete_service_account("sa_1"), "DELETE", "/v1/service-accounts/sa_1", {}, None,
    ),
    "create_service_account_key": (
        lambda c: c.create_service_account_key("sa_1", {}), "POST", "/v1/service-accounts/sa_1/keys", {}, {},
    ),
    "revoke_service_account_key": (
        lambda c: c.revoke_service_account_key("sa_1", "sak_2"),
        "POST", "/v1/service-accounts/sa_1/keys/sak_2/revoke", {}, None,
    ),
    "get": (lambda c: c.get("/v1/x", query={"a": 1, "b": None}), "GET", "/v1/x", {"a": "1"}, None),
    "get with a query in the path": (
        lambda c: c.get("/v1/x?a=1&b=", query={"c": True}), "GET", "/v1/x", {"a": "1", "b": "", "c": "true"}, None,
    ),
    "post": (lambda c: c.post("/v1/x", json={"n": 1}), "POST", "/v1/x", {}, {"n": 1}),
    "put": (lambda c: c.put("/v1/x", json={"n": 1}), "PUT", "/v1/x", {}, {"n": 1}),
    "patch": (lambda c: c.patch("/v1/x", json={"n": 1}), "PATCH", "/v1/x", {}, {"n": 1}),
    "delete": (lambda c: c.delete("/v1/x"), "DELETE", "/v1/x", {}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_flat_call_sends_what_the_contract_says(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    call, method, path, query, body = CALLS[name]
    recorder.answer({"ok": True, "kept": {"as": ["it", "is"]}})
    assert call(flat) == {"ok": True, "kept": {"as": ["it", "is"]}}
    assert len(recorder.asked) == 1
    asked = recorder.last
    assert (asked.method, asked.path, asked.query, asked.body) == (method, path, query, body)
    assert asked.headers["x-api-key"] == "key-of-the-recorder"
    assert ("idempotency-key" in asked.headers) == (method != "GET")


WRITES: dict[str, Callable[[AxmeClient, dict[str, Any]], Any]] = {
    "create_intent": lambda c, o: c.create_intent({}, **o),
    "resolve_intent": lambda c, o: c.resolve_intent(ID, {}, **o),
    "resume_intent": lambda c, o: c.resume_intent(ID, {}, **o),
    "update_intent_controls": lambda c, o: c.update_intent_controls(ID, {}, **o),
    "update_intent_policy": lambda c, o: c.update_intent_policy(ID, {}, **o),
    "bulk_cancel_intents": lambda c, o: c.bulk_cancel_intents({}, **o),
    "mark_inbox_thread_read": lambda c, o: c.mark_inbox_thread_read(ID, **o),
    "reply_inbox_thread": lambda c, o: c.reply_inbox_thread(ID, message="m", **o),
    "delegate_inbox_thread": lambda c, o: c.delegate_inbox_thread(ID, {}, **o),
    "approve_inbox_thread": lambda c, o: c.approve_inbox_thread(ID, {}, **o),
    "reject_inbox_thread": lambda c, o: c.reject_inbox_thread(ID, {}, **o),
    "delete_inbox_messages": lambda c, o: c.delete_inbox_messages(ID, {}, **o),
    "decide_approval": lambda c, o: c.decide_approval(ID, decision="approve", **o),
    "create_service_account": lambda c, o: c.create_service_account({}, **o),
    "delete_service_account": lambda c, o: c.delete_service_account(ID, **o),
    "create_service_account_key": lambda c, o: c.create_service_account_key(ID, {}, **o),
    "revoke_service_account_key": lambda c, o: c.revoke_service_account_key(ID, "k", **o),
    "post": lambda c, o: c.post("/v1/x", **o),
    "put": lambda c, o: c.put("/v1/x", **o),
    "patch": lambda c, o: c.patch("/v1/x", **o),
    "delete": lambda c, o: c.delete("/v1/x", **o),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_write_carries_the_key_and_trace_id_it_is_given(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    WRITES[name](flat, {"idempotency_key": "my-key", "trace_id": "my-trace"})
    assert recorder.last.headers["idempotency-key"] == "my-key"
    assert recorder.last.headers["x-trace-id"] == "my-trace"


STEERING = ["resolve_intent", "resume_intent", "update_intent_controls", "update_intent_policy"]


@pytest.mark.parametrize("name", STEERING)
def test_a_steering_call_says_on_whose_behalf(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    getattr(flat, name)(ID, {}, x_owner_agent=OWNER, authorization="Bearer other")
    assert recorder.last.headers["x-owner-agent"] == OWNER
    assert recorder.last.headers["authorization"] == "Bearer other"
    assert recorder.last.query == {}


def test_the_configured_owner_stands_in_unless_a_header_names_one(recorder: Recorder) -> None:
    with recorder.client(default_owner_agent="agent://acme/prod/me") as client:
        client.list_inbox()
        assert recorder.last.query == {"owner_agent": "agent://acme/prod/me"}
        client.list_inbox(owner_agent=OWNER)
        assert recorder.last.query == {"owner_agent": OWNER}
        client.resume_intent(ID, {})
        assert recorder.last.query == {"owner_agent": "agent://acme/prod/me"}
        client.resume_intent(ID, {}, x_owner_agent=OWNER)
        assert recorder.last.query == {}


@pytest.mark.parametrize("bad", ["", ".", "..", "a\nb", None, 7])
def test_an_id_that_is_none_is_refused_before_anything_is_sent(bad: Any, flat: AxmeClient, recorder: Recorder) -> None:
    with pytest.raises(ValueError):
        flat.get_intent(bad)
    assert not recorder.asked


def test_an_id_stays_one_segment_of_the_path(flat: AxmeClient, recorder: Recorder) -> None:
    flat.get_intent("../../admin?x#y")
    assert recorder.last.path == "/v1/intents/..%2F..%2Fadmin%3Fx%23y"


@pytest.mark.parametrize("path", ["v1/intents", "http://elsewhere/", "", "/a/../b", "/a b"])
def test_a_generic_path_stays_on_this_server(path: str, flat: AxmeClient, recorder: Recorder) -> None:
    with pytest.raises(ValueError):
        flat.get(path)
    assert not recorder.asked
