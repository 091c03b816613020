"""Against real sockets: what goes out, and every way in which the wire can fail."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from axme.exceptions import (
    AxmeClosedError,
    AxmeConnectionError,
    AxmeHttpError,
    AxmeProtocolError,
    AxmeServerError,
    AxmeTimeoutError,
    AxmeTransportError,
)
from axme.transport import Call, Transport, connection, quoted_path
from tests.transport.conftest import KEY
from tests.transport.rawserver import Handler, Peer, RawServer, always, answer, script

Serve = Callable[[Handler], RawServer]
Connect = Callable[..., Transport]
GET = Call(method="GET", path="/v1/things", operation="list_things")
POST = Call(method="POST", path="/v1/things", json={"n": 1}, operation="make_thing")
SLACK = 0.25


def silent(peer: Peer) -> None:
    peer.server.stopping.wait(20)


def drip(data: bytes) -> Callable[[Peer], None]:
    def step(peer: Peer) -> None:
        for byte in data:
            peer.send(bytes([byte]))
            if peer.server.stopping.wait(0.05):
                return

    return step


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


# --- time


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(silent, id="silent"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 400), id="slow head"),
        pytest.param(drip(answer({"text": "x" * 400})), id="slow body"),
        pytest.param(drip(b"HTTP/1.0 200 OK\r\n\r\n" + b" " * 400), id="slow body of unknown length"),
        pytest.param(drip(answer({"message": "x" * 400}, 500)), id="slow error"),
    ],
)
def test_a_call_ends_by_its_deadline(serve: Serve, connect: Connect, step: Callable[[Peer], None]) -> None:
    server = serve(script(step))
    started = time.monotonic()
    with pytest.raises(AxmeTimeoutError) as caught:
        connect(server, timeout_seconds=5.0).send(Call(method="GET", path="/v1/x", timeout=0.5))
    assert 0.4 < time.monotonic() - started < 0.5 + SLACK
    assert caught.value.outcome == "unknown"
    assert isinstance(caught.value, TimeoutError)


def test_a_server_that_stops_reading_does_not_hold_the_call(serve: Serve, connect: Connect) -> None:
    def ignore(peer: Peer) -> None:
        peer.server.stopping.wait(20)

    server = serve(ignore)
    started = time.monotonic()
    with pytest.raises(AxmeTimeoutError):
        connect(server).send(Call(method="POST", path="/v1/x", json="x" * 30_000_000, timeout=0.5))
    assert time.monotonic() - started < 2.0


def test_eight_threads_end_by_their_deadlines(serve: Serve, connect: Connect) -> None:
    transport = connect(serve(script(drip(answer({"text": "x" * 400})))))
    took: list[float] = []

    def work() -> None:
        started = time.monotonic()
        with pytest.raises(AxmeTimeoutError):
            transport.send(Call(method="GET", path="/v1/x", timeout=0.4))
        took.append(time.monotonic() - started)

    run_all(*[work] * 8)
    assert len(took) == 8
    assert max(took) < 0.4 + SLACK


def test_a_silent_server_is_left_after_the_read_timeout_and_asked_again(serve: Serve, connect: Connect) -> None:
    server = serve(script(silent, answer({"n": 1})))
    assert connect(server, timeout_seconds=0.2).send(GET) == {"n": 1}
    assert len(server.requests) == 2


def test_a_name_server_that_hangs_is_not_waited_for(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(connection.socket, "getaddrinfo", lambda *_, **__: let_go.wait(10) and [])
    started = time.monotonic()
    try:
        with pytest.raises(AxmeTimeoutError) as caught:
            connect("https://gateway.example").send(Call(method="GET", path="/v1/x", timeout=0.3))
    finally:
        let_go.set()
    assert time.monotonic() - started < 0.3 + SLACK
    assert caught.value.outcome == "not_sent"


def test_an_address_that_never_accepts_is_left_by_the_deadline(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        place = listener.getsockname()
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(place)
            fillers.append(filler)
        time.sleep(0.05)
        try:
            with pytest.raises(AxmeTimeoutError) as caught:
                connect(f"http://127.0.0.1:{place[1]}").send(Call(method="POST", path="/v1/x", timeout=0.4))
        finally:
            for filler in fillers:
                filler.close()
    assert caught.value.outcome == "not_sent"


# --- connections


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_missing_gateway_is_named_with_the_remedy(connect: Connect) -> None:
    port = free_port()
    with pytest.raises(AxmeConnectionError) as caught:
        connect(f"http://127.0.0.1:{port}").send(Call(method="POST", path="/v1/x", timeout=0.2, operation="make"))
    assert caught.value.outcome == "not_sent"
    assert f"make: nothing listens at 127.0.0.1:{port}" in str(caught.value)
    assert "python -m axme.gateway" in str(caught.value)


def test_without_retries_a_missing_gateway_is_reported_at_once(connect: Connect) -> None:
    with pytest.raises(AxmeConnectionError) as caught:
        connect(f"http://127.0.0.1:{free_port()}", max_retries=0).send(GET)
    assert caught.value.attempts == 1


def test_a_gateway_that_comes_back_is_reached(connect: Connect) -> None:
    port = free_port()
    transport = connect(f"http://127.0.0.1:{port}", retry_backoff_seconds=0.05)
    servers: list[socket.socket] = []

    def come_back() -> None:
        time.sleep(0.4)
        listener = socket.create_server(("127.0.0.1", port))
        servers.append(listener)
        peer, _ = listener.accept()
        with peer:
            peer.recv(65_536)
            peer.sendall(answer({"n": 1}))

    thread = threading.Thread(target=come_back)
    thread.start()
    assert transport.send(POST) == {"n": 1}
    thread.join()
    servers[0].close()


def test_an_unknown_host_is_a_matter_of_the_name(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(connection.socket, "getaddrinfo", unknown)
    with pytest.raises(AxmeConnectionError, match="cannot be resolved; check base_url") as caught:
        connect("https://gateway.invalid", max_retries=0).send(GET)
    assert caught.value.outcome == "not_sent"


def test_the_next_address_of_a_name_is_tried(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(always(answer({"n": 1})))
    kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    addresses = [(*kind, ("127.0.0.1", free_port())), (*kind, ("127.0.0.1", server.port))]
    monkeypatch.setattr(connection.socket, "getaddrinfo", lambda *_, **__: addresses)
    assert connect(f"http://localhost:{server.port}", max_retries=0).send(GET) == {"n": 1}


def test_a_connection_is_kept(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer()))
    transport = connect(server)
    for _ in range(20):
        transport.send(POST)
    assert len(server.peers) == 1


@pytest.mark.parametrize("call", [GET, POST], ids=["get", "keyed post"])
def test_kept_connections_closed_by_the_server_are_never_noticed(serve: Serve, connect: Connect, call: Call) -> None:
    def closes_soon(peer: Peer) -> None:
        while peer.request():
            peer.send(answer())
            peer.sock.settimeout(0.002 + 0.001 * (peer.number % 3))

    server = serve(closes_soon)
    transport = connect(server, max_retries=0)
    for index in range(200):
        assert transport.send(call) == {"ok": True}
        time.sleep(0.001 * (index % 5))
    assert len(server.peers) > 20


def test_a_race_with_the_closing_server_is_won_by_one_more_send(serve: Serve, connect: Connect) -> None:
    def second_request_is_dropped(peer: Peer) -> None:
        peer.request()
        peer.send(answer({"peer": peer.number}))
        peer.request()

    server = serve(second_request_is_dropped)
    transport = connect(server, max_retries=0)
    assert [transport.send(POST)["peer"] for _ in range(3)] == [0, 1, 2]
    assert len({request.fields["idempotency-key"] for request in server.requests}) == 3
    with pytest.raises(AxmeConnectionError):
        transport.send(Call(method="POST", path="/v1/x", retryable=False))


def test_connections_idle_for_long_are_replaced(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.02)
    server = serve(always(answer()))
    transport = connect(server)
    for _ in range(3):
        transport.send(GET)
        time.sleep(0.04)
    assert len(server.peers) == 3


def test_a_tls_port_that_speaks_plain_http_is_told(serve: Serve, connect: Connect) -> None:
    def plain(peer: Peer) -> None:
        peer.sock.recv(65_536)
        peer.send(answer({}, 400))

    server = serve(plain)
    with pytest.raises(AxmeConnectionError, match="does it speak plain http") as caught:
        connect(f"https://127.0.0.1:{server.port}").send(POST)
    assert (caught.value.outcome, caught.value.attempts) == ("not_sent", 1)


def test_a_tls_handshake_that_hangs_ends_by_the_deadline(serve: Serve, connect: Connect) -> None:
    server = serve(silent)
    started = time.monotonic()
    with pytest.raises(AxmeTimeoutError) as caught:
        connect(f"https://127.0.0.1:{server.port}").send(Call(method="POST", path="/v1/x", timeout=0.4))
    assert time.monotonic() - started < 0.4 + SLACK
    assert caught.value.outcome == "not_sent"


def test_an_answer_that_is_not_http_is_told(serve: Serve, connect: Connect) -> None:
    server = serve(script(lambda peer: peer.send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")))
    with pytest.raises(AxmeProtocolError, match="not HTTP"):
        connect(server).send(GET)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "head",
    [b"X-Long: " + b"x" * 70_000, b"\r\n".join(b"X-%d: y" % n for n in range(200))],
    ids=["a huge line", "too many lines"],
)
def test_an_endless_head_is_refused_once(serve: Serve, connect: Connect, head: bytes) -> None:
    server = serve(script(lambda peer: peer.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n{}")))
    with pytest.raises(AxmeTransportError):
        connect(server, max_retries=0).send(GET)
    assert len(server.requests) == 1


# --- credentials stay with their origin


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(serve: Serve, connect: Connect, status: int) -> None:
    sink = serve(always(answer()))
    server = serve(always(answer({}, status, Location=f"http://localhost:{sink.port}/elsewhere?k={KEY}")))
    with pytest.raises(AxmeProtocolError, match=r"redirects .* to localhost") as caught:
        connect(server).send(POST)
    assert KEY not in str(caught.value)
    assert not sink.peers
    assert len(server.requests) == 1


def test_netrc_is_not_read(serve: Serve, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password wrong\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(always(answer()))
    connect(server, actor_token="tok-123456", trust_env=True).send(GET)
    assert server.requests[0].fields["authorization"] == "Bearer tok-123456"


@pytest.mark.parametrize("trust_env", [False, True])
def test_loopback_calls_never_see_a_proxy(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch, trust_env: bool
) -> None:
    proxy, server = serve(always(answer())), serve(always(answer()))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    connect(server, trust_env=trust_env).send(GET)
    assert (len(proxy.peers), len(server.requests)) == (0, 1)


def test_proxies_of_the_environment_need_consent(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(always(answer({"via": "proxy"})))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    place = "http://gateway.invalid"
    with pytest.raises(AxmeConnectionError):
        connect(place, allow_insecure_http=True, max_retries=0).send(GET)
    assert not proxy.peers
    assert connect(place, allow_insecure_http=True, trust_env=True).send(GET) == {"via": "proxy"}
    assert connect(place, allow_insecure_http=True, proxies={"http": proxy.url}).send(GET) == {"via": "proxy"}
    assert {request.line for request in proxy.requests} == {"GET http://gateway.invalid/v1/things HTTP/1.1"}


# --- hostile answers


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_does_not_go_off(serve: Serve, connect: Connect, status: int, coding: str) -> None:
    squeeze = gzip.compress if coding == "gzip" else zlib.compress
    bomb = squeeze(b" " * (64 * 1024 * 1024))
    server = serve(always(answer(bomb, status, Content_Encoding=coding)))
    with pytest.raises(AxmeProtocolError, match="larger than"):
        connect(server).send(GET)
    assert len(server.requests) == 1


def test_a_chain_of_codings_is_refused(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer(b"x", Content_Encoding=", ".join(["gzip"] * 7))))
    with pytest.raises(AxmeTransportError):
        connect(server, max_retries=0).send(GET)


def test_an_endless_body_is_left(serve: Serve, connect: Connect) -> None:
    def pour(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while not peer.server.stopping.is_set():
            peer.send(b" " * 65_536)

    with pytest.raises(AxmeProtocolError, match="larger than"):
        connect(serve(script(pour))).send(GET)


def test_compressed_answers_are_read(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer(gzip.compress(b'{"n": 1}'), Content_Encoding="gzip")))
    assert connect(server).send(GET) == {"n": 1}


@pytest.mark.parametrize(
    "body",
    [b'{"a": NaN}', b'{"a": 1e999}', b'{"a": 1, "a": 2}', b'{"a": "\\ud800"}', b'{"a": ' + b"9" * 5000 + b"}",
     b"[" * 100_000, b"\xef\xbb\xbf{}", '{"a": 1}'.encode("utf-16")],
    ids=["NaN", "infinite", "twice", "surrogate", "digits", "deep", "mark", "utf-16"],
)  # fmt: skip
def test_json_that_two_readers_would_read_differently_is_refused(serve: Serve, connect: Connect, body: bytes) -> None:
    with pytest.raises(AxmeProtocolError, match="not JSON"):
        connect(serve(always(answer(body))), max_retries=0).send(GET)


def test_an_error_page_of_a_middle_box_is_a_server_error(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer(b"<html>Bad gateway</html>", 502)))
    with pytest.raises(AxmeServerError, match="HTTP 502: <html>Bad gateway") as caught:
        connect(server).send(GET)
    assert caught.value.attempts == 3


# --- threads, closing, interrupts


def run_all(*works: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def echo(peer: Peer) -> None:
    while request := peer.request():
        peer.send(answer({"path": request.line.split()[1]}))


def test_threads_get_their_own_answers(serve: Serve, connect: Connect) -> None:
    transport = connect(serve(echo))

    def work(name: int) -> None:
        for index in range(20):
            path = f"/v1/{name}/{index}"
            assert transport.send(Call(method="GET", path=path)) == {"path": path}

    run_all(*[lambda name=name: work(name) for name in range(32)])  # type: ignore[misc]


def test_calls_do_not_wait_for_streams(serve: Serve, connect: Connect) -> None:
    def handle(peer: Peer) -> None:
        while request := peer.request():
            if "stream" not in request.line:
                peer.send(answer({"n": 1}))
                continue
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
            silent(peer)

    transport = connect(serve(handle))
    streams = [transport.open(Call(method="GET", path="/v1/stream"), idle_timeout=30) for _ in range(12)]
    assert transport.send(Call(method="GET", path="/v1/x", timeout=2)) == {"n": 1}
    for stream in streams:
        stream.close()


@pytest.mark.parametrize("step", [silent, drip(answer({"text": "x" * 400}))], ids=["silent", "slow"])
def test_close_ends_calls_under_way(serve: Serve, connect: Connect, step: Callable[[Peer], None]) -> None:
    server = serve(script(step))
    transport = connect(server)
    closer = threading.Timer(0.2, transport.close)
    closer.start()
    started = time.monotonic()
    with pytest.raises(AxmeClosedError):
        transport.send(GET)
    assert time.monotonic() - started < 0.7
    closer.join()
    with pytest.raises(AxmeClosedError):
        transport.send(GET)
    with pytest.raises(AxmeClosedError):
        transport.open(GET, idle_timeout=1)
    transport.close()


def test_close_ends_sleeps(connect: Connect) -> None:
    transport = connect("http://127.0.0.1:9")
    transport.sleep(0.001)
    closer = threading.Timer(0.1, transport.close)
    closer.start()
    with pytest.raises(AxmeClosedError):
        transport.sleep(20)
    closer.join()


def test_an_interrupt_leaves_no_half_read_connection(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(always(answer({"n": 1})))
    transport = connect(server)
    assert transport.send(GET) == {"n": 1}
    with monkeypatch.context() as patch:
        patch.setattr("axme.transport.exchange.read_body", lambda response: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            transport.send(POST)
    assert transport.send(Call(method="GET", path="/v1/x")) == {"n": 1}
    assert len(server.requests) == 3
    assert len(server.peers) == 2
