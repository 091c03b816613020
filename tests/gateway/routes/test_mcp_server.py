"""The gateway as an MCP server: for the official client, for our own, and for plain JSON-RPC."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from axme import AxmeClient, AxmeValidationError
from axme.gateway import LocalGateway
from tests.plain import Agent, Caller, make_agent, refused

TOOLS = (
    "create_intent", "get_intent", "list_intents", "cancel_intent", "resume_intent", "list_inbox",
    "reply_inbox_thread", "approve_inbox_thread", "reject_inbox_thread", "list_tasks", "list_agents", "check_nick",
)  # fmt: skip


def rpc(caller: Caller, method: str, params: Any = None, *, status: int = 200, **headers: str) -> dict[str, Any]:
    """One message; the whole JSON-RPC answer."""
    message = {"jsonrpc": "2.0", "id": 7, "method": method, **({} if params is None else {"params": params})}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = caller.send("POST", "/mcp", json=message, headers=named)
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert (body["jsonrpc"], body["id"]) == ("2.0", 7)
    return body


def call(caller: Caller, name: str, **arguments: Any) -> dict[str, Any]:
    return rpc(caller, "tools/call", {"name": name, "arguments": arguments})


@pytest.fixture
def agent(caller: Caller) -> Agent:
    return make_agent(caller)


@pytest.fixture
def own(gateway: LocalGateway, agent: Agent) -> Iterator[Caller]:
    with Caller(gateway.base_url, agent.key) as calls:
        yield calls


@pytest.mark.parametrize("mode", ["auto", "legacy", "2026-07-28"])
def test_the_official_client(gateway: LocalGateway, agent: Agent, mode: str) -> None:
    async def use() -> None:
        async with (
            httpx2.AsyncClient(headers={"x-api-key": agent.key}) as http,
            Client(streamable_http_client(f"{gateway.base_url}/mcp", http_client=http), mode=mode) as client,
        ):
            listed = await client.list_tools()
            assert {tool.name for tool in listed.tools} == {*TOOLS, *(f"axme.{name}" for name in TOOLS)}
            made = await client.call_tool("create_intent", {"intent_type": "order.v1", "payload": {"n": 1}})
            assert not made.is_error
            intent_id = made.structured_content["intent_id"]
            shown = await client.call_tool("axme.get_intent", {"intent_id": intent_id})
            assert shown.structured_content["intent"]["payload"] == {"n": 1}
            assert shown.structured_content["intent"]["to_agent"] == agent.address, "by default, to oneself"
            ended = await client.call_tool("cancel_intent", {"intent_id": intent_id, "reason": "enough"})
            assert ended.structured_content["intent"]["status"] == "CANCELED"

    asyncio.run(use())


def test_our_own_client_with_objects(client: AxmeClient) -> None:
    assert client.mcp.server_info.name == "axme-gateway"
    tools = client.mcp.tools
    assert len(tools) == 2 * len(TOOLS)
    made = tools["create_intent"]({"intent_type": "order.v1", "payload": {"n": 1}})
    assert made.structured is not None
    assert not made.is_error
    assert made.structured["intent_id"] in made.text
    assert client.intents.get(made.structured["intent_id"]).payload == {"n": 1}
    with pytest.raises(AxmeValidationError) as refusal:
        tools["get_intent"]({"intent_id": str(uuid.uuid4())})
    assert refusal.value.code == "not_found"


@pytest.mark.parametrize("version", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_a_known_version_is_agreed_on(caller: Caller, version: str) -> None:
    result = rpc(caller, "initialize", {"protocolVersion": version})["result"]
    assert result["protocolVersion"] == version
    assert result["serverInfo"]["name"] == "axme-gateway"
    assert "tools" in result["capabilities"]
    assert rpc(caller, "ping", {}, MCP_Protocol_Version=version)["result"] == {}


def test_an_unknown_version_is_answered_with_one_we_speak(caller: Caller) -> None:
    assert rpc(caller, "initialize", {"protocolVersion": "1999-01-01"})["result"]["protocolVersion"] == "2025-11-25"
    error = rpc(caller, "ping", {}, status=400, MCP_Protocol_Version="1999-01-01")["error"]
    assert error["code"] == -32022
    assert "2025-06-18" in error["data"]["supported"]


def test_notifications_are_taken_in_silence(caller: Caller) -> None:
    answer = caller.send("POST", "/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (answer.status_code, answer.content) == (202, b"")


def test_every_tool_has_a_schema_and_says_what_it_does(caller: Caller) -> None:
    tools = {tool["name"]: tool for tool in rpc(caller, "tools/list")["result"]["tools"]}
    for tool in tools.values():
        Draft202012Validator.check_schema(tool["inputSchema"])
        assert tool["description"]
        assert "$ref" not in str(tool)
    create = tools["create_intent"]["inputSchema"]
    assert create["required"] == ["intent_type"]
    assert create["properties"]["deadline_at"] == {"type": "string", "format": "date-time"}
    assert "from_agent" not in create["properties"]


def test_a_person_works_through_an_inbox(caller: Caller, own: Caller, agent: Agent) -> None:
    task = {"title": "Approve", "task_type": "approval"}
    intent_id = call(caller, "create_intent", intent_type="budget.v1", to_agent=agent.address, human_task=task)[
        "result"
    ]["structuredContent"]["intent_id"]
    waiting = call(own, "list_tasks")["result"]["structuredContent"]["tasks"]
    assert intent_id in str(waiting)
    (thread,) = call(own, "list_inbox", status="pending")["result"]["structuredContent"]["threads"]
    call(own, "reply_inbox_thread", thread_id=thread["thread_id"], message="how much?")
    call(own, "approve_inbox_thread", thread_id=thread["thread_id"], comment="fine")
    shown = call(caller, "get_intent", intent_id=intent_id)["result"]["structuredContent"]["intent"]
    assert shown["status"] == "COMPLETED"


def test_a_key_is_done_once_over_either_door(caller: Caller) -> None:
    key = uuid.uuid4().hex
    body = {"intent_type": "order.v1", "to_agent": "shop", "payload": {"n": 1}}
    first = call(caller, "create_intent", **body, idempotency_key=key)["result"]["structuredContent"]
    assert call(caller, "axme.create_intent", **body, idempotency_key=key)["result"]["structuredContent"] == first
    assert caller.post("/v1/intents", body, Idempotency_Key=key) == first
    other = call(caller, "create_intent", **(body | {"payload": {"n": 2}}), idempotency_key=key)["error"]
    assert (other["code"], other["data"]["code"]) == (-32602, "idempotency_conflict")


def test_refusals_are_those_of_the_api(caller: Caller, own: Caller) -> None:
    error = call(caller, "get_intent", intent_id=str(uuid.uuid4()))["error"]
    assert (error["code"], error["data"]["status"], error["data"]["code"]) == (-32602, 404, "not_found")
    error = call(own, "list_inbox", owner_agent="agent://other/place/bob")["error"]
    assert (error["code"], error["data"]["code"]) == (-32003, "owner_scope_mismatch")
    error = call(own, "create_intent", intent_type="x.v1", to_agent="agent://other/place/bob")["error"]
    assert (error["code"], error["data"]["code"]) == (-32003, "policy_denied")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"name": "shout", "arguments": {}}, "there is no tool 'shout'"),
        ({"arguments": {}}, "there is no tool"),
        ({"name": 5}, "there is no tool"),
        ({"name": "get_intent", "arguments": [1]}, "arguments must be an object"),
        ({"name": "get_intent", "arguments": {}}, "intent_id: is missing"),
        ({"name": "get_intent", "arguments": {"intent_id": 5}}, "intent_id: must be text"),
        ({"name": "list_intents", "arguments": {"limit": True}}, "limit: must be text or a whole number"),
        ({"name": "list_intents", "arguments": {"limit": 0}}, "limit must be a whole number"),
        ({"name": "create_intent", "arguments": {"intent_type": "x.v1", "owner_agent": 3}}, "owner_agent"),
        ({"name": "create_intent", "arguments": {"intent_type": "x.v1", "payload": 3}}, "payload"),
        ({"name": "create_intent", "arguments": {}}, "intent_type"),
    ],
)
def test_wrong_arguments(caller: Caller, params: dict[str, Any], words: str) -> None:
    error = rpc(caller, "tools/call", params)["error"]
    assert error["code"] == -32602
    assert words in error["message"]


def test_a_payload_has_its_size_here_too(caller: Caller) -> None:
    error = call(caller, "create_intent", intent_type="x.v1", payload={"a": "x" * 140_000})["error"]
    assert (error["code"], error["data"]["code"]) == (-32602, "payload_too_large")
    huge = {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"a": "x" * 300_000}}
    refused(caller.send("POST", "/mcp", json=huge), 413, "payload_too_large")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", -32700),
        (b"", -32700),
        (b"[]", -32600),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', -32600),
        (b'"ping"', -32600),
        (b'{"id":1,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":5}', -32600),
        (b'{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600),
    ],
)
def test_what_is_no_message(caller: Caller, data: bytes, code: int) -> None:
    answer = caller.send("POST", "/mcp", data=data, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"], answer.json()["id"]) == (400, code, None)


def test_unknown_methods_and_params(caller: Caller) -> None:
    assert rpc(caller, "resources/list")["error"]["code"] == -32601
    assert rpc(caller, "ping", [1])["error"]["code"] == -32602
    assert rpc(caller, "ping", {}, status=400, Mcp_Method="tools/list")["error"]["code"] == -32020


def test_it_takes_a_key_and_only_posts(caller: Caller, gateway: LocalGateway) -> None:
    with Caller(gateway.base_url, None) as nobody:
        refused(nobody.send("POST", "/mcp", json={}), 401, "missing_platform_api_key")
    for method in ("GET", "DELETE"):
        refused(caller.send(method, "/mcp"), 405, "method_not_allowed")


def test_web_pages_of_other_sites_are_turned_away(caller: Caller, gateway: LocalGateway) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    for origin in ("https://evil.example", "http://127.0.0.1:1", "null", "http://[", "http://127.0.0.1.evil.example"):
        refused(caller.send("POST", "/mcp", json=message, headers={"Origin": origin}), 403, "forbidden")
    assert caller.send("POST", "/mcp", json=message, headers={"Origin": gateway.base_url}).status_code == 200
    foreign = caller.send("POST", "/mcp", json=message, headers={"Host": "evil.example"})
    refused(foreign, 421, "misdirected_request")
