"""Every route once with success, and what the layer promises for each of them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
import requests

from axme._version import __version__
from axme.contract.schemas.base import ObjectSchema
from axme.gateway import LocalGateway
from axme.gateway.routes.operation import Access, Operation, Reads, Streams, Writes
from axme.gateway.routes.table import ELSEWHERE, OPERATIONS
from tests import databases
from tests.plain import Agent, Caller, make_agent, refused

NOWHERE = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def agent(caller: Caller) -> Agent:
    return make_agent(caller)


@pytest.fixture
def own(gateway: LocalGateway, agent: Agent) -> Iterator[Caller]:
    with Caller(gateway.base_url, agent.key) as calls:
        yield calls


def _path(operation: Operation) -> str:
    return re.sub(r"{(\w+)(?::path)?}", lambda found: "worker" if found[1] == "address" else NOWHERE, operation.path)


def _schema(name: str) -> ObjectSchema:
    answer = next(operation for operation in OPERATIONS if operation.name == name).answer
    assert answer is not None
    return answer()


def test_health_is_public_and_says_what_it_is(caller: Caller, gateway: LocalGateway) -> None:
    body = requests.get(f"{gateway.base_url}/health", timeout=5).json()
    assert body == _schema("health").load(body)
    assert (body["ok"], body["storage"], body["version"]) == (True, databases.kind(), __version__)


def test_intents_are_created_read_listed_and_told(caller: Caller, agent: Agent) -> None:
    created = caller.post(
        "/v1/intents", {"intent_type": "test.task.v1", "to_agent": agent.address, "payload": {"a": 1}}
    )
    assert created["status"] == "DELIVERED"
    assert created["policy_generation"] == 0
    intent_id = created["intent_id"]
    shown = caller.get(f"/v1/intents/{intent_id}")
    assert not _schema("get_intent").validate(shown)
    assert shown["intent"]["payload"] == {"a": 1}
    assert caller.get(f"/v1/intents/{intent_id.upper()}") == shown
    listed = caller.get("/v1/intents", to_agent=agent.address, status="pending,WAITING", limit=5)
    assert listed["intents"] == [shown["intent"]]
    events = caller.get(f"/v1/intents/{intent_id}/events", since=1)
    assert [event["seq"] for event in events["events"]] == [2, 3]
    assert not _schema("list_intent_events").validate(events)


def test_correlation_ids_come_from_body_header_or_nowhere(caller: Caller) -> None:
    body = {"intent_type": "test.task.v1", "to_agent": "worker"}
    assert caller.post("/v1/intents", body, X_Correlation_Id="from-head")["correlation_id"] == "from-head"
    both = caller.post("/v1/intents", body | {"correlation_id": "from-body"}, X_Correlation_Id="from-head")
    assert both["correlation_id"] == "from-body"
    assert uuid.UUID(caller.post("/v1/intents", body)["correlation_id"])
    long = caller.send("POST", "/v1/intents", json=body, headers={"X-Correlation-Id": "x" * 256})
    refused(long, 422, "validation_error")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "COMPLETED", "result": {"n": 1}}, "COMPLETED"),
        ({"status": "failed", "error": {"why": "x"}}, "FAILED"),
        ({"status": "CANCELLED", "reason": "enough"}, "CANCELED"),
    ],
)
def test_resolve(caller: Caller, body: dict[str, object], status: str) -> None:
    intent_id = caller.create()
    answer = caller.post(f"/v1/intents/{intent_id}/resolve", body)
    assert answer["intent"]["status"] == answer["event"]["status"] == status
    assert answer["completion_delivery"]["delivered"] is False
    again = caller.send("POST", f"/v1/intents/{intent_id}/resolve", json=body)
    refused(again, 409, "intent_terminal")


def test_resume_with_a_result(caller: Caller, agent: Agent, own: Caller) -> None:
    intent_id = caller.create(agent.address)
    answer = own.post(f"/v1/intents/{intent_id}/resume", {"action": "complete", "total": 3})
    assert answer["intent"]["status"] == "COMPLETED"
    assert answer["intent"]["result"]["total"] == 3


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("what", ["controls", "policy"])
def test_controls_and_policy_by_either_method(caller: Caller, method: str, what: str) -> None:
    intent_id = caller.create()
    patch = {"controls": {"max_retries": 4}} if what == "controls" else {"grants_patch": {"delegate:x": {"allow": []}}}
    answer = caller.send(method, f"/v1/intents/{intent_id}/{what}", json={**patch, "policy_generation": 0})
    assert answer.json()["policy_generation"] == 1, answer.text
    stale = caller.send(method, f"/v1/intents/{intent_id}/{what}", json={**patch, "policy_generation": 0})
    refused(stale, 409, "policy_generation_conflict")


def test_bulk_cancel_rehearses_unless_told(caller: Caller, agent: Agent, own: Caller) -> None:
    caller.create(agent.address)
    answer = own.post("/v1/intents/bulk-cancel", {"older_than_hours": 1000})
    assert answer["dry_run"] is True
    assert answer["intent_ids"] == []


def test_an_inbox_thread_is_listed_read_and_answered(caller: Caller, agent: Agent, own: Caller) -> None:
    caller.create(agent.address)
    listed = own.get("/v1/inbox")
    assert listed["items"] == listed["threads"]
    thread_id = listed["threads"][0]["thread_id"]
    assert own.get(f"/v1/inbox/{thread_id}")["thread"]["status"] == "pending"
    assert not _schema("get_inbox_thread").validate(own.get(f"/v1/inbox/{thread_id}"))
    own.post(f"/v1/inbox/{thread_id}/read")
    replied = own.post(f"/v1/inbox/{thread_id}/reply", {"message": "on it"})
    assert replied["thread"]["status"] == "active"
    changes = own.get("/v1/inbox/changes", limit=2)
    assert changes["changes"][0]["thread"]["thread_id"] == thread_id
    assert changes["has_more"] is True
    more = own.get("/v1/inbox/changes", cursor=changes["next_cursor"])
    assert more["has_more"] is False
    deleted = own.post(f"/v1/inbox/{thread_id}/messages/delete", {"mode": "self", "limit": 5})
    assert not _schema("delete_inbox_messages").validate(deleted)
    refused(own.send("GET", "/v1/inbox/changes", params={"cursor": "x" * 40}), 400, "bad_cursor")


@pytest.mark.parametrize(("verb", "status"), [("approve", "COMPLETED"), ("reject", "CANCELED")])
def test_inbox_decisions_decide_the_human_task(
    caller: Caller, agent: Agent, own: Caller, verb: str, status: str
) -> None:
    intent_id = caller.create(agent.address, human_task={"title": "Go?"})
    thread_id = own.get("/v1/inbox")["threads"][0]["thread_id"]
    assert own.post(f"/v1/inbox/{thread_id}/{verb}", {"note": "fine"})["thread"]["status"] == "done"
    assert caller.get(f"/v1/intents/{intent_id}")["intent"]["status"] == status


def test_a_thread_is_delegated(caller: Caller, agent: Agent, own: Caller) -> None:
    caller.create(agent.address)
    other = make_agent(caller)
    thread_id = own.get("/v1/inbox")["threads"][0]["thread_id"]
    moved = own.post(f"/v1/inbox/{thread_id}/delegate", {"delegate_to": other.address})
    assert moved["thread"]["owner_agent"] == other.address


def test_approvals_are_decided_by_intent_id(caller: Caller) -> None:
    intent_id = caller.create(human_task={"title": "Go?"})
    decided = caller.post(f"/v1/approvals/{intent_id}/decision", {"decision": "approved", "reason": "yes"})
    assert decided["approval"]["decision"] == "approve"
    assert not _schema("decide_approval").validate(decided)


def test_agents_and_service_accounts(caller: Caller, agent: Agent) -> None:
    assert agent.address in {entry["address"] for entry in caller.get("/v1/agents", limit=1000)["agents"]}
    assert caller.get(f"/v1/agents/{agent.address}")["agent"]["service_account_id"] == agent.service_account_id
    one = f"/v1/service-accounts/{agent.service_account_id}"
    account = caller.get(one)["service_account"]
    assert account["address"] == agent.address
    listed = caller.get("/v1/service-accounts", org_id=account["org_id"])["service_accounts"]
    assert agent.service_account_id in {entry["service_account_id"] for entry in listed}
    twin = caller.send("POST", "/v1/service-accounts", json={"name": account["name"]})
    assert refused(twin, 409, "duplicate")["service_account"]["service_account_id"] == agent.service_account_id
    assert caller.send("DELETE", one).json()["deleted"] is True
    revoked = requests.get(f"{caller.base_url}/v1/agents", headers={"x-api-key": agent.key}, timeout=5)
    refused(revoked, 401, "invalid_platform_api_key")


def test_capabilities(caller: Caller) -> None:
    body = caller.get("/v1/capabilities")
    assert body["capabilities"]
    assert {"intent.ask.v1", "intent.reply.v1"} <= set(body["supported_intent_types"])


MACHINE = [operation for operation in OPERATIONS if operation.access is Access.MACHINE]
IDS = [operation.name for operation in MACHINE]


@pytest.mark.parametrize("operation", MACHINE, ids=IDS)
@pytest.mark.parametrize(
    ("key", "code"), [(None, "missing_platform_api_key"), ("axme_sa_x", "invalid_platform_api_key")]
)
def test_no_route_opens_without_a_key(gateway: LocalGateway, operation: Operation, key: str | None, code: str) -> None:
    with Caller(gateway.base_url, key) as stranger:
        for method in operation.methods:
            refused(stranger.send(method, _path(operation), json={}), 401, code)


@pytest.mark.parametrize("operation", MACHINE, ids=IDS)
def test_a_wrong_method_names_the_right_ones(caller: Caller, operation: Operation) -> None:
    answer = caller.send("TRACE", _path(operation))
    refused(answer, 405, "method_not_allowed")
    assert set(operation.methods) <= set(answer.headers["allow"].split(", "))


WRITES = [operation for operation in MACHINE if isinstance(operation.action, Writes)]


@pytest.mark.parametrize("operation", WRITES, ids=[operation.name for operation in WRITES])
def test_every_write_passes_the_json_gate(caller: Caller, operation: Operation) -> None:
    answer = caller.send(operation.methods[0], _path(operation), data=b'{"a":NaN}')
    refused(answer, 400, "malformed_json")


def test_a_route_cannot_be_declared_without_saying_who_may_call() -> None:
    def read(tx: object, asked: object) -> dict[str, object]:
        return {}

    common = {"methods": ("GET",), "path": "/x", "name": "x", "about": "x"}
    with pytest.raises(TypeError):
        Operation(**common, action=Reads(read))  # type: ignore[arg-type,call-arg]
    with pytest.raises(TypeError, match="must say who may call"):
        Operation(**common, access=None, action=Reads(read))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="cannot be public"):
        Operation(**common, access=Access.PUBLIC, action=Reads(read))  # type: ignore[arg-type]


def test_a_key_may_come_as_bearer(gateway: LocalGateway) -> None:
    for scheme in ("Bearer", "bearer"):
        answer = requests.get(
            f"{gateway.base_url}/v1/capabilities", headers={"Authorization": f"{scheme} {gateway.api_key}"}, timeout=5
        )
        assert answer.status_code == 200


def test_the_same_key_is_done_once_and_says_so(caller: Caller) -> None:
    key, body = str(uuid.uuid4()), {"intent_type": "test.task.v1", "to_agent": "worker", "payload": {"n": [1, 2]}}
    first = caller.send("POST", "/v1/intents", json=body, headers={"Idempotency-Key": key})
    again = caller.send("POST", "/v1/intents", json=body, headers={"idempotency-key": key})
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = caller.send("POST", "/v1/intents", json=body | {"payload": {}}, headers={"Idempotency-Key": key})
    assert refused(other, 409, "idempotency_conflict")["message"] == "idempotency key reused with different payload"


def test_a_key_in_the_body_counts_and_the_header_wins(caller: Caller) -> None:
    in_body, in_head = str(uuid.uuid4()), str(uuid.uuid4())
    body = {"intent_type": "test.task.v1", "to_agent": "worker", "idempotency_key": in_body}
    first = caller.post("/v1/intents", body)
    assert caller.post("/v1/intents", body) == first
    assert caller.post("/v1/intents", body, Idempotency_Key=in_head) != first


def test_one_key_for_two_targets_is_two_operations(caller: Caller) -> None:
    key = str(uuid.uuid4())
    ids = [caller.create(), caller.create()]
    ends = [
        caller.post(f"/v1/intents/{one}/resolve", {"status": "CANCELED", "reason": "x"}, Idempotency_Key=key)
        for one in ids
    ]
    assert [end["intent"]["intent_id"] for end in ends] == ids


def test_owner_by_query_and_header_must_agree(caller: Caller, agent: Agent) -> None:
    name = agent.address.rpartition("/")[2]
    caller.create(agent.address)
    by_query = caller.get("/v1/inbox", owner_agent=name)
    by_head = caller.send("GET", "/v1/inbox", headers={"x-owner-agent": agent.address}).json()
    both = caller.send(
        "GET", "/v1/inbox", params={"owner_agent": name}, headers={"x-owner-agent": agent.address}
    ).json()
    assert by_query["threads"] == by_head["threads"] == both["threads"] != []
    differ = caller.send("GET", "/v1/inbox", params={"owner_agent": name}, headers={"x-owner-agent": "other"})
    refused(differ, 400, "bad_request")
    refused(caller.send("GET", "/v1/inbox", params={"owner_agent": "a b"}), 422, "invalid_agent_address")


def test_request_and_trace_ids_are_kept_or_made(caller: Caller) -> None:
    given = caller.send("GET", "/health", headers={"x-request-id": "req-1", "X-Trace-Id": "trace-1"})
    assert (given.headers["x-request-id"], given.headers["x-trace-id"]) == ("req-1", "trace-1")
    made = caller.send("GET", "/health", headers={"x-request-id": "x" * 200})
    assert uuid.UUID(made.headers["x-request-id"])
    assert made.headers["x-trace-id"]
    assert "server" not in made.headers


def test_unknown_paths_are_404_and_families_elsewhere_501(caller: Caller) -> None:
    for path in ("/", "/v1", "/v1/intents/", "/v2/intents", "/v1/nothing"):
        refused(caller.send("GET", path), 404, "not_found")
    for family in ELSEWHERE:
        refused(caller.send("POST", f"{family}anything", json={}), 501, "not_implemented")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8100", "127.0.0.1.evil.example", "", "[::2]:1"])
def test_a_foreign_host_is_turned_away(caller: Caller, host: str) -> None:
    refused(caller.send("GET", "/health", headers={"Host": host}), 421, "misdirected_request")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8100"])
def test_our_own_names_are_known(caller: Caller, host: str) -> None:
    assert caller.send("GET", "/health", headers={"Host": host}).status_code == 200


def test_preflight_and_head(caller: Caller) -> None:
    refused(
        caller.send("OPTIONS", "/v1/intents", headers={"Origin": "https://evil.example"}), 405, "method_not_allowed"
    )
    head = caller.send("HEAD", "/health")
    assert head.status_code == 200
    assert head.content == b""
    refused_head = caller.send("HEAD", f"/v1/intents/{NOWHERE}/events/stream")
    assert refused_head.status_code == 405


def test_streams_declare_their_window() -> None:
    for operation in OPERATIONS:
        if isinstance(operation.action, Streams):
            assert {"since", "wait_seconds"} <= {parameter.name for parameter in operation.query}
