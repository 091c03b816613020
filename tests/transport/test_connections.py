"""Connections: those that cannot be made, those that are kept, and those the server has let go."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from axme.exceptions import (
    AxmeConnectionError,
    AxmeProtocolError,
    AxmeTimeoutError,
    AxmeTransportError,
)
from axme.transport import Call, connection
from tests.transport.rawserver import Peer, RawServer, always, answer, script
from tests.transport.wirekit import GET, POST, SLACK, Connect, Serve, free_port, silent


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


def test_ipv6_addresses_work(connect: Connect) -> None:
    server = RawServer(always(answer({"n": 1})), host="::1")
    try:
        assert connect(server).send(GET) == {"n": 1}
        assert server.requests[0].fields["host"] == f"[::1]:{server.port}"
    finally:
        server.stop()
