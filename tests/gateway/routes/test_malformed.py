"""Whatever bytes come in, the answer is a clear 4xx in the one envelope, and nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axme.contract import jsontext
from axme.contract.limits import REQUEST_DEPTH
from axme.gateway import LocalGateway
from tests.plain import Caller, admin, make_agent, raw_exchange, refused

GOOD = {"intent_type": "test.task.v1", "to_agent": "worker", "payload": {}}


@pytest.fixture
def quiet(gateway: LocalGateway) -> Iterator[Caller]:
    """A caller of its own, whose list of intents must stay empty."""
    with admin(gateway) as caller:
        agent = make_agent(caller)
        with Caller(gateway.base_url, agent.key) as own:
            yield own
            sent = caller.get("/v1/intents", from_agent=agent.address, limit=10)["intents"]
            assert sent == []


def _post(caller: Caller, body: bytes | Iterator[bytes], **headers: str) -> requests.Response:
    return caller.send("POST", "/v1/intents", data=body, headers={"content-type": "application/json", **headers})


def _with(payload: str) -> bytes:
    return b'{"intent_type":"test.task.v1","to_agent":"worker","payload":' + payload.encode() + b"}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(_with('{"x":NaN}'), id="NaN"),
        pytest.param(_with('{"x":-Infinity}'), id="infinity"),
        pytest.param(_with('{"x":1e999}'), id="overflowing float"),
        pytest.param(_with('{"x":' + "9" * 5000 + "}"), id="5000 digits"),
        pytest.param(_with("[" * REQUEST_DEPTH + "]" * REQUEST_DEPTH), id="one level too deep"),
        pytest.param(_with("[" * 100_000 + "]" * 100_000), id="depth 100000"),
        pytest.param(_with('{"a":1,"a":2}'), id="duplicate keys"),
        pytest.param(b"\xef\xbb\xbf" + _with("{}"), id="byte order mark"),
        pytest.param(json.dumps(GOOD).encode("utf-16"), id="utf-16"),
        pytest.param(_with('{"x":"\\ud800"}'), id="lone surrogate"),
        pytest.param(b'{"intent_type":"\xff\xfe"}', id="bad utf-8"),
        pytest.param(_with('{"x":"\x01"}'), id="raw control character"),
        pytest.param(b'{"intent_type":', id="cut short"),
        pytest.param(_with("{}") + b"{}", id="two documents"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"text"', id="a string"),
        pytest.param(b"\x00\x01\x02", id="noise"),
    ],
)
def test_what_is_not_our_json_is_400(quiet: Caller, body: bytes) -> None:
    refused(_post(quiet, body), 400, "malformed_json")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"payload": "text"}, "payload"),
        ({"payload": [1]}, "payload"),
        ({"to_agent": 7}, "to_agent"),
        ({"to_agent": ""}, "to_agent"),
        ({"to_agent": "agent://"}, "to_agent"),
        ({"to_agent": "a b"}, "to_agent"),
        ({"to_agent": "agent://a/b/c/d"}, "to_agent"),
        ({"to_agent": "x" * 384}, "to_agent"),
        ({"to_agent": "wörker"}, "to_agent"),
        ({"intent_type": "No Spaces"}, "intent_type"),
        ({"intent_type": "ab"}, "intent_type"),
        ({"intent_type": "x" * 256}, "intent_type"),
        ({"intent_type": {"a": 1}}, "intent_type"),
        ({"deadline_at": "tomorrow"}, "deadline_at"),
        ({"deadline_at": 5}, "deadline_at"),
        ({"remind_after_seconds": 0}, "remind_after_seconds"),
        ({"remind_after_seconds": "3"}, "remind_after_seconds"),
        ({"max_reminders": True}, "max_reminders"),
        ({"correlation_id": "a\u0007b"}, "correlation_id"),
        ({"correlation_id": "x" * 256}, "correlation_id"),
        ({"human_task": {"task_type": "juggle"}}, "human_task"),
        ({"human_task": []}, "human_task"),
        ({"human_task": {"allowed_outcomes": []}}, "human_task"),
        ({"idempotency_key": 5}, "idempotency_key"),
    ],
)
def test_a_wrong_field_is_422_and_named(quiet: Caller, change: dict[str, object], place: str) -> None:
    body = refused(quiet.send("POST", "/v1/intents", json=GOOD | change), 422, "validation_error")
    assert body["detail"][0]["loc"][:2] == ["body", place]
    assert place in body["message"]
    assert body["error"]["details"]["issues"] == body["details"] == body["detail"]


def test_every_missing_field_is_named_at_once(quiet: Caller) -> None:
    for body in (b"{}", b""):
        found = refused(_post(quiet, body), 422, "validation_error")["detail"]
        assert {(issue["loc"][1], issue["type"]) for issue in found} == {
            ("intent_type", "missing"),
            ("to_agent", "missing"),
        }


def test_a_nul_character_is_refused_wherever_it_stands(quiet: Caller) -> None:
    for payload in ('{"x":"\\u0000"}', '{"\\u0000":1}', '{"x":[{"y":"a\\u0000"}]}'):
        refused(_post(quiet, _with(payload)), 422, "validation_error")


def test_the_deepest_document_that_is_taken_can_be_read_again_everywhere(caller: Caller) -> None:
    deepest = '{"a":' * (REQUEST_DEPTH - 2) + "{}" + "}" * (REQUEST_DEPTH - 2)
    agent = make_agent(caller)
    body = {"intent_type": "test.deep.v1", "to_agent": agent.address, "reply_to": agent.address, "payload": "…"}
    intent_id = _post(caller, json.dumps(body).replace('"\\u2026"', deepest).encode()).json()["intent_id"]
    answer = json.dumps({"status": "COMPLETED", "result": "…"}).replace('"\\u2026"', deepest).encode()
    headers = {"content-type": "application/json"}
    with Caller(caller.base_url, agent.key) as owner:
        for response in (
            owner.send("POST", f"/v1/intents/{intent_id}/resolve", data=answer, headers=headers),
            owner.send("GET", f"/v1/intents/{intent_id}"),
            owner.send("GET", "/v1/intents?limit=10"),
            owner.send("GET", f"/v1/intents/{intent_id}/events"),
            owner.send("GET", "/v1/inbox"),
            owner.send("GET", "/v1/inbox/changes"),
        ):
            assert response.status_code == 200
            assert jsontext.loads(response.content)["ok"] is True


def test_a_backslash_before_u0000_is_only_text(caller: Caller) -> None:
    intent_id = caller.create(payload={"x": "\\u0000"})
    assert caller.get(f"/v1/intents/{intent_id}")["intent"]["payload"] == {"x": "\\u0000"}


def test_payloads_up_to_128_kib_pass_and_one_byte_more_does_not(caller: Caller, quiet: Caller) -> None:
    filler = 131_072 - len('{"x":""}') - 2
    exact = {"x": "é" + "x" * filler}
    intent_id = caller.create(payload=exact)
    assert caller.get(f"/v1/intents/{intent_id}")["intent"]["payload"] == exact
    over = quiet.send("POST", "/v1/intents", json=GOOD | {"payload": {"x": "é" + "x" * (filler + 1)}})
    refused(over, 413, "payload_too_large")


def test_a_body_over_the_limit_is_refused_before_it_is_read(gateway: LocalGateway) -> None:
    head = (
        f"POST /v1/intents HTTP/1.1\r\nHost: localhost\r\nx-api-key: {gateway.api_key}\r\n"
        "content-length: 1073741824\r\n\r\n"
    )
    answer = raw_exchange(gateway.base_url, head.encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert b'"payload_too_large"' in answer


def test_an_endless_body_without_a_length_is_cut_off(quiet: Caller) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(3):
            yield b" " * 100_000

    refused(_post(quiet, endless()), 413, "payload_too_large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_other_media_types_are_415(quiet: Caller, kind: str) -> None:
    answer = quiet.send("POST", "/v1/intents", data=b"{}", headers={"content-type": kind})
    refused(answer, 415, "unsupported_media_type")


def test_json_media_types_with_parameters_pass(caller: Caller) -> None:
    for kind in ("application/json; charset=utf-8", "application/vnd.axme+json"):
        answer = caller.send("POST", "/v1/intents", data=_with("{}"), headers={"content-type": kind})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/intents?limit=0", "limit"),
        ("/v1/intents?limit=1001", "limit"),
        ("/v1/intents?limit=ten", "limit"),
        ("/v1/intents?limit=1&limit=2", "limit"),
        ("/v1/intents?status=ASLEEP", "status"),
        ("/v1/intents?correlation_id=a%00b", "correlation_id"),
        ("/v1/intents?correlation_id=%ff", "correlation_id"),
        ("/v1/inbox?status=open", "status"),
        ("/v1/intents/00000000-0000-0000-0000-000000000000/events?since=-1", "since"),
        ("/v1/intents/00000000-0000-0000-0000-000000000000/events?since=99999999999999999999", "since"),
        ("/v1/intents/00000000-0000-0000-0000-000000000000/events/stream?wait_seconds=0", "wait_seconds"),
        ("/v1/intents/00000000-0000-0000-0000-000000000000/events/stream?wait_seconds=61", "wait_seconds"),
        ("/v1/agents/worker/intents/stream?since=%D9%A3", "since"),
        ("/v1/agents/worker/intents/stream?status=ASLEEP", "status"),
    ],
)
def test_a_wrong_query_parameter_is_422_and_named(caller: Caller, path: str, name: str) -> None:
    body = refused(caller.send("GET", path), 422, "validation_error")
    assert name in body["message"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/intents/nonsense",
        "/v1/intents/%00",
        "/v1/intents/%25%27%20OR%201=1",
        "/v1/intents/00000000-0000-0000-0000-000000000000",
        "/v1/intents/nonsense/events/stream",
        "/v1/inbox/nonsense",
        "/v1/inbox/00000000-0000-0000-0000-000000000000",
        "/v1/service-accounts/sa_nobody",
        "/v1/service-accounts/%01",
        "/v1/agents/nobody-here",
    ],
)
def test_what_is_not_there_is_404(caller: Caller, path: str) -> None:
    answer = caller.send("GET", path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] in {"not_found", "agent_not_found"}


@pytest.mark.parametrize("address", ["a b", "agent://", "agent://a/b/c/d", "w%C3%B6rker", "...", "%EF%BF%BD"])
def test_a_path_that_is_no_address_is_422(caller: Caller, address: str) -> None:
    refused(caller.send("GET", f"/v1/agents/{address}/intents/stream"), 422, "invalid_agent_address")


def test_contradicting_headers_are_400(gateway: LocalGateway) -> None:
    lines = ["GET /v1/intents HTTP/1.1", "Host: localhost", f"x-api-key: {gateway.api_key}", "x-api-key: other"]
    answer = raw_exchange(gateway.base_url, "\r\n".join([*lines, "connection: close", "", ""]).encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"x-api-key is given twice" in answer


@pytest.mark.parametrize(
    "data",
    [
        b"not http at all\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",
        b"POST /v1/intents HTTP/1.1\r\nHost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST /v1/intents HTTP/1.1\r\nHost: localhost\r\ncontent-length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: yes\r\n bad\x00\r\n\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n",
    ],
)
def test_what_is_not_http_is_400_and_closed(gateway: LocalGateway, data: bytes) -> None:
    answer = raw_exchange(gateway.base_url, data)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]["code"] == "bad_request"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    ["intent_type", "to_agent", "payload", "human_task", "deadline_at", "max_reminders", "reply_to"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=st.dictionaries(_FIELDS | st.text(max_size=5), _JSON, max_size=4))
def test_no_json_gets_a_5xx(caller: Caller, change: dict[str, object]) -> None:
    answer = _post(caller, json.dumps(GOOD | change).encode())
    assert answer.status_code in {200, 400, 403, 422}, answer.text


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_no_bytes_get_a_5xx(caller: Caller, data: bytes) -> None:
    assert _post(caller, data).status_code in {400, 422}
