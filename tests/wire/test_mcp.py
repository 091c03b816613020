"""The MCP calls: JSON-RPC on the wire, arguments checked first, errors as the exceptions they stand for."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from axme import (
    AxmeAuthError,
    AxmeClient,
    AxmeHttpError,
    AxmeProtocolError,
    AxmeRateLimitError,
    AxmeServerError,
    AxmeValidationError,
    AxmeValueError,
)
from tests.wire.recorder import Recorder

TOOL = {
    "name": "greet",
    "description": "Say hello.",
    "inputSchema": {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 5}, "times": {"type": "integer"}},
        "required": ["name"],
    },
}


def result(value: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": "x", "result": value}


def test_initialize(flat: AxmeClient, recorder: Recorder) -> None:
    recorder.answer(result({"protocolVersion": "2024-11-05", "serverInfo": {"name": "s", "version": "1"}}))
    assert flat.mcp_initialize()["serverInfo"]["name"] == "s"
    asked = recorder.last
    assert (asked.method, asked.path, asked.body["jsonrpc"], asked.body["method"]) == (
        "POST", "/mcp", "2.0", "initialize",
    )  # fmt: skip
    assert asked.body["params"]["protocolVersion"] == "2024-11-05"
    flat_answer = result({"protocolVersion": "2025-06-18"})
    recorder.answer(flat_answer)
    flat.mcp_initialize(protocol_version="2025-06-18")
    assert recorder.last.body["params"]["protocolVersion"] == "2025-06-18"


def test_path_version_and_observer_come_from_the_configuration(recorder: Recorder) -> None:
    seen: list[dict[str, Any]] = []
    recorder.answer(result({"b": 1, "a": 2}))
    with recorder.client(
        mcp_endpoint_path="/other/mcp", mcp_protocol_version="2025-11-25", mcp_observer=seen.append
    ) as client:
        client.mcp_initialize()
    assert recorder.last.path == "/other/mcp"
    assert recorder.last.body["params"]["protocolVersion"] == "2025-11-25"
    request, response = seen
    assert request == {
        "phase": "request",
        "method": "initialize",
        "rpc_id": recorder.last.body["id"],
        "retryable": True,
    }
    assert response == {
        "phase": "response", "method": "initialize", "rpc_id": request["rpc_id"], "result_keys": ["a", "b"],
    }  # fmt: skip


def test_a_tool_is_called_with_owner_and_key_among_its_arguments(flat: AxmeClient, recorder: Recorder) -> None:
    recorder.answer(result({"tools": [TOOL]}))
    recorder.answer(result({"content": []}))
    flat.mcp_call_tool("greet", arguments={"name": "ann"}, owner_agent="agent://o/w/a", idempotency_key="k-1")
    assert [asked.body["method"] for asked in recorder.asked] == ["tools/list", "tools/call"]
    assert recorder.last.body["params"] == {
        "name": "greet",
        "arguments": {"name": "ann", "owner_agent": "agent://o/w/a", "idempotency_key": "k-1"},
        "owner_agent": "agent://o/w/a",
    }
    assert recorder.last.headers["idempotency-key"] == "k-1"
    recorder.answer(result({"content": []}))
    flat.mcp_call_tool("greet", arguments={"name": "bob"})
    assert len(recorder.asked) == 3, "the tools were listed once"


def test_arguments_may_go_unchecked(flat: AxmeClient, recorder: Recorder) -> None:
    recorder.answer(result({"content": []}))
    flat.mcp_call_tool("anything", arguments={"a": 1}, validate_input_schema=False)
    assert [asked.body["method"] for asked in recorder.asked] == ["tools/call"]


@pytest.mark.parametrize("library", ["with jsonschema", "without"])
@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({}, "'name' missing"),
        ({"name": 3}, "'name' must be of type string, not int"),
        ({"name": "ann", "times": True}, "'times' must be of type integer, not bool"),
    ],
)
def test_wrong_arguments_are_not_sent(
    arguments: dict[str, Any],
    fault: str,
    library: str,
    flat: AxmeClient,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if library == "without":
        monkeypatch.setitem(sys.modules, "jsonschema", None)
    recorder.answer(result({"tools": [TOOL]}))
    with pytest.raises(AxmeValueError, match=fault):
        flat.mcp_call_tool("greet", arguments=arguments)
    assert [asked.body["method"] for asked in recorder.asked] == ["tools/list"]


def test_the_whole_schema_counts_where_jsonschema_is_there(flat: AxmeClient, recorder: Recorder) -> None:
    recorder.answer(result({"tools": [TOOL]}))
    with pytest.raises(AxmeValueError, match=r"\$\.name: 'christina' is too long"):
        flat.mcp_call_tool("greet", arguments={"name": "christina"})


def test_an_unknown_tool_is_named_with_those_there_are(flat: AxmeClient, recorder: Recorder) -> None:
    recorder.answer(result({"tools": [TOOL]}))
    with pytest.raises(AxmeValueError, match="no MCP tool 'shout': it has greet"):
        flat.mcp_call_tool("shout")
    with pytest.raises(AxmeValueError, match="name of a tool"):
        flat.mcp_call_tool(" ")


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        (-32001, AxmeAuthError, 403),
        (-32003, AxmeAuthError, 403),
        (-32004, AxmeRateLimitError, 429),
        (-32602, AxmeValidationError, 422),
        (-32603, AxmeServerError, 502),
        (-32000, AxmeServerError, 502),
        (7, AxmeHttpError, 400),
    ],
)
def test_rpc_errors(code: int, kind: type[AxmeHttpError], status: int, flat: AxmeClient, recorder: Recorder) -> None:
    data = {"code": "some_code", "details": {"a": 1}}
    recorder.answer({"jsonrpc": "2.0", "id": "x", "error": {"code": code, "message": "no", "data": data}})
    with pytest.raises(AxmeHttpError) as caught:
        flat.mcp_initialize()
    assert type(caught.value) is kind
    assert (caught.value.status_code, caught.value.message, caught.value.code) == (status, "no", "some_code")
    assert caught.value.details == {"a": 1}


@pytest.mark.parametrize("answer", [{"jsonrpc": "2.0"}, result([1]), result("text")])
def test_a_result_is_an_object(answer: Any, flat: AxmeClient, recorder: Recorder) -> None:
    recorder.answer(answer)
    with pytest.raises(AxmeProtocolError, match="result is no object"):
        flat.mcp_initialize()


@pytest.mark.parametrize(
    ("options", "tries"), [({}, 1), ({"idempotency_key": "k"}, 2), ({"retryable": True}, 2), ({"retryable": False}, 1)]
)
def test_a_call_is_repeated_when_that_is_safe(options: dict[str, Any], tries: int, recorder: Recorder) -> None:
    recorder.answer({"ok": False}, 503)
    recorder.answer(result({"content": []}))
    with recorder.client(retry_backoff_seconds=0) as client:
        if tries == 1:
            with pytest.raises(AxmeServerError):
                client.mcp_call_tool("greet", validate_input_schema=False, **options)
        else:
            client.mcp_call_tool("greet", validate_input_schema=False, **options)
    assert len(recorder.asked) == tries
    assert len({asked.headers["idempotency-key"] for asked in recorder.asked}) == 1
