"""Whatever is put into a call: exactly the intended request leaves, or nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axme.config import AxmeClientConfig
from axme.exceptions import AxmeValueError
from axme.transport import Call, Transport, quoted_path
from axme.transport.call import target
from tests.transport.rawserver import RawServer, always, answer

NASTY = [
    "..", ".", "", "../../admin", "a/b", "a//b", "a?b", "a#b", "%2e%2e", "a;b", "a b", "a\r\nX-Evil: 1", "a\x00b",
    "agent://o/w/n", "ü", "\U0001f600", "a\\b", "\ud800", "a%", "a&b=c", "HTTP/1.1", "\x7f", "x" * 5000,
]  # fmt: skip
SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%")


@pytest.fixture(scope="module")
def server() -> Iterator[RawServer]:
    running = RawServer(always(answer()))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def transport(server: RawServer) -> Iterator[Transport]:
    made = Transport(AxmeClientConfig(base_url=server.url, api_key="k" * 20))
    yield made
    made.close()


def texts() -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(NASTY), st.text(max_size=40))


@settings(max_examples=300, deadline=None)
@given(identifier=texts(), value=texts())
def test_an_id_is_one_segment_or_nothing_is_sent(
    server: RawServer, transport: Transport, identifier: str, value: str
) -> None:
    server.requests.clear()
    try:
        path = quoted_path("/v1/intents/{}/events", identifier)
        transport.send(Call(method="GET", path=path, query={"q": value}))
    except AxmeValueError:
        assert server.requests == []
        return
    [request] = server.requests
    method, place, version = request.line.split(" ")
    path, _, query = place.partition("?")
    assert (method, version) == ("GET", "HTTP/1.1")
    _, first, family, segment, last = path.split("/")
    assert (first, family, last) == ("v1", "intents", "events")
    assert unquote(segment, errors="strict") == identifier
    assert set(segment) <= SAFE
    assert unquote(query.removeprefix("q="), errors="strict") == value


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(["idempotency_key", "trace_id", "owner_agent", "correlation_id", "authorization"]),
    value=st.one_of(texts(), st.integers(), st.binary(max_size=5), st.just("x" * 70_000)),
)
def test_a_header_is_sent_as_given_or_nothing_is_sent(
    server: RawServer, transport: Transport, name: str, value: object
) -> None:
    server.requests.clear()
    header = {"idempotency_key": "idempotency-key", "trace_id": "x-trace-id", "owner_agent": "x-owner-agent",
              "correlation_id": "x-correlation-id", "authorization": "authorization"}[name]  # fmt: skip
    refusal = ""
    try:
        transport.send(Call(method="POST", path="/v1/x", **{name: value}))  # type: ignore[arg-type]
    except AxmeValueError as error:
        refusal = str(error)
    if refusal:
        assert name in refusal
        assert server.requests == []
        return
    [request] = server.requests
    assert request.fields[header] == value


@settings(max_examples=200, deadline=None)
@given(path=st.one_of(st.sampled_from(["x", "//", "/a b", "/a?b", "/a#b", "/../x", "/a/..", "/%2E%2e/x", "/a%zz"]),
                      st.text(max_size=30).map("/".__add__)))  # fmt: skip
def test_a_raw_path_leaves_as_it_is_or_not_at_all(server: RawServer, transport: Transport, path: str) -> None:
    server.requests.clear()
    try:
        transport.send(Call(method="GET", path=path))
    except AxmeValueError:
        assert server.requests == []
        return
    assert [request.line for request in server.requests] == [f"GET {path} HTTP/1.1"]
    assert not {".", ".."} & set(unquote(path).split("/"))


@pytest.mark.parametrize("bad", [{"a": float("nan")}, {"a": {1}}, {1: "a"}, {"a": "\ud800"}, {"a": object()}])
def test_a_body_that_is_not_json_is_refused_with_its_place(
    server: RawServer, transport: Transport, bad: dict[object, object]
) -> None:
    server.requests.clear()
    with pytest.raises(AxmeValueError, match="make_thing: the body cannot be sent: "):
        transport.send(Call(method="POST", path="/v1/x", json=bad, operation="make_thing"))
    assert server.requests == []


def test_the_body_is_written_once(server: RawServer, transport: Transport) -> None:
    server.requests.clear()
    body = {"z": 1, "a": [1, 2, None, True], "ü": "…"}
    transport.send(Call(method="POST", path="/v1/x", json=body))
    assert server.requests[0].body.decode() == '{"z":1,"a":[1,2,null,true],"ü":"…"}'


@pytest.mark.parametrize("method", ["get", "TRACE", "GET /x HTTP/1.1\r\n", ""])
def test_only_known_methods_are_sent(method: str) -> None:
    with pytest.raises(AxmeValueError, match="method"):
        target(Call(method=method, path="/v1/x"))


@pytest.mark.parametrize("value", [1.5, b"x", [1]])
def test_parameters_are_text_or_whole_numbers(value: object) -> None:
    with pytest.raises(AxmeValueError, match="the parameter limit"):
        target(Call(method="GET", path="/v1/x", query={"limit": value}))  # type: ignore[dict-item]
