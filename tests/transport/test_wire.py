"""Against real sockets: what goes out, and what happens when the answer breaks."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from axme.exceptions import (
    AxmeConnectionError,
    AxmeHttpError,
    AxmeTransportError,
)
from axme.transport import Call, quoted_path
from tests.transport.conftest import KEY
from tests.transport.rawserver import Peer, always, answer, script
from tests.transport.wirekit import GET, POST, Connect, Serve


def test_a_request_carries_what_the_contract_asks_for(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer({"ok": True, "name": "ü"})))
    transport = connect(server, actor_token="tok-123456")
    call = Call(
        method="POST", path=quoted_path("/v1/intents/{}/resolve", "a/b?c#d"),
        query={"x": True, "y": None, "z": "a b&c"}, json={"name": "ü"},
        owner_agent="agent://o/w/n", correlation_id="corr-1", trace_id="t-1", idempotency_key="k-1",
    )  # fmt: skip
    assert transport.send(call) == {"ok": True, "name": "ü"}
    [request] = server.requests
    assert request.line == "POST /v1/intents/a%2Fb%3Fc%23d/resolve?x=true&z=a%20b%26c HTTP/1.1"
    assert json.loads(request.body) == {"name": "ü"}
    expected = {
        "host": f"127.0.0.1:{server.port}", "x-api-key": KEY, "authorization": "Bearer tok-123456",
        "idempotency-key": "k-1", "x-owner-agent": "agent://o/w/n", "x-correlation-id": "corr-1", "x-trace-id": "t-1",
        "content-type": "application/json", "accept": "application/json", "content-length": str(len(request.body)),
    }  # fmt: skip
    assert expected.items() <= request.fields.items()
    assert request.fields["x-axme-client"].startswith("axme-sdk-python/")


def test_writes_are_given_a_key_and_reads_are_not(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer()))
    transport = connect(server)
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        transport.send(Call(method=method, path="/v1/x"))
    read, *writes = server.requests
    assert "idempotency-key" not in read.fields
    assert len({request.fields["idempotency-key"] for request in writes}) == 4
    assert read.fields["content-type"] == "application/json"


def test_the_call_may_bring_its_own_authorization(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer()))
    connect(server, actor_token="tok-123456").send(Call(method="GET", path="/v1/x", authorization="Bearer other"))
    assert server.requests[0].fields["authorization"] == "Bearer other"


@pytest.mark.parametrize("call", [GET, POST], ids=["get", "keyed post"])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda peer: None, id="closed without an answer"),
        pytest.param(lambda peer: peer.reset(), id="reset"),
        pytest.param(lambda peer: peer.send(b"HTTP/1.1 200 OK\r\nContent-Le"), id="cut in the head"),
        pytest.param(lambda peer: peer.send(answer()[:-3]), id="cut in the body"),
        pytest.param(
            lambda peer: peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ok"), id="cut chunk"
        ),
        pytest.param(
            lambda peer: peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"), id="bad chunk"
        ),
        pytest.param(lambda peer: peer.send(b'HTTP/1.0 200 OK\r\n\r\n{"ok": tr'), id="cut, length unknown"),
        pytest.param(lambda peer: peer.send(answer(b"<html>hello</html>")), id="not JSON"),
        pytest.param(lambda peer: peer.send(answer(b"")), id="empty"),
        pytest.param(lambda peer: peer.send(answer(b"[1]")), id="not an object"),
        pytest.param(lambda peer: peer.send(answer(b"junk", Content_Encoding="gzip")), id="broken compression"),
    ],
)  # fmt: skip
def test_a_broken_answer_is_fetched_again_with_the_same_bytes(
    serve: Serve, connect: Connect, call: Call, fault: Callable[[Peer], None]
) -> None:
    server = serve(script(fault, answer({"n": 7})))
    assert connect(server).send(call) == {"n": 7}
    first, second = server.requests
    assert first.raw == second.raw


@pytest.mark.parametrize("fault", [lambda peer: None, lambda peer: peer.reset(), lambda peer: peer.send(answer(b"no"))])
def test_a_call_that_keeps_failing_says_all_it_knows(
    serve: Serve, connect: Connect, fault: Callable[[Peer], None]
) -> None:
    server = serve(script(fault))
    with pytest.raises(AxmeTransportError) as caught:
        connect(server).send(POST)
    error = caught.value
    assert (error.outcome, error.attempts, error.operation) == ("unknown", 3, "make_thing")
    assert {request.fields["idempotency-key"] for request in server.requests} == {error.idempotency_key}
    assert error.elapsed > 0
    assert len(server.requests) == 3
    assert "make_thing: " in str(error)
    assert "(3 attempts)" in str(error)


def test_a_call_that_may_not_be_repeated_is_sent_once(serve: Serve, connect: Connect) -> None:
    server = serve(script(lambda peer: None))
    with pytest.raises(AxmeConnectionError):
        connect(server).send(Call(method="POST", path="/v1/x", retryable=False))
    assert len(server.requests) == 1


def test_one_unknown_outcome_makes_the_whole_call_unknown(serve: Serve, connect: Connect) -> None:
    server = serve(script(lambda peer: peer.reset(), answer({"message": "slow down"}, 429), answer({}, 409)))
    with pytest.raises(AxmeHttpError) as caught:
        connect(server).send(POST)
    assert (caught.value.status_code, caught.value.outcome, caught.value.attempts) == (409, "unknown", 3)
