"""The same promises over TLS, and what is said when it cannot be had."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from axme.exceptions import AxmeClosedError, AxmeConnectionError, AxmeTimeoutError
from axme.transport import Call
from tests.transport.rawserver import Handler, RawServer, always, answer, script
from tests.transport.wirekit import GET, POST, SLACK, Connect, drip, silent

HERE = Path(__file__).parent / "certificates"
#: Signed by itself, for the name localhost only.
CERTIFICATE = str(HERE / "localhost.pem")


@pytest.fixture
def serve_tls() -> Iterator[Callable[[Handler], RawServer]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, HERE / "localhost.key")
    servers: list[RawServer] = []

    def start(handler: Handler) -> RawServer:
        servers.append(RawServer(handler, tls=context))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_calls_and_kept_connections(serve_tls: Callable[[Handler], RawServer], connect: Connect) -> None:
    server = serve_tls(always(answer({"n": 1})))
    transport = connect(server, verify=CERTIFICATE)
    assert [transport.send(POST) for _ in range(3)] == [{"n": 1}] * 3
    assert len(server.peers) == 1


def test_a_certificate_nobody_vouches_for_is_refused(
    serve_tls: Callable[[Handler], RawServer], connect: Connect
) -> None:
    server = serve_tls(always(answer()))
    with pytest.raises(AxmeConnectionError, match=r"certificate of localhost.* was not accepted: self") as caught:
        connect(server).send(POST)
    assert (caught.value.outcome, caught.value.attempts, server.requests) == ("not_sent", 1, [])


def test_a_certificate_for_another_name_is_refused(serve_tls: Callable[[Handler], RawServer], connect: Connect) -> None:
    server = serve_tls(always(answer()))
    with pytest.raises(AxmeConnectionError, match="was not accepted: IP address mismatch"):
        connect(server.url.replace("localhost", "127.0.0.1"), verify=CERTIFICATE).send(POST)
    assert server.requests == []


@pytest.mark.parametrize("step", [silent, drip(answer({"text": "x" * 400}))], ids=["silent", "slow"])
def test_deadlines_hold(serve_tls: Callable[[Handler], RawServer], connect: Connect, step: Callable[..., None]) -> None:
    transport = connect(serve_tls(script(step)), verify=CERTIFICATE)
    started = time.monotonic()
    with pytest.raises(AxmeTimeoutError) as caught:
        transport.send(Call(method="POST", path="/v1/x", timeout=0.4))
    assert time.monotonic() - started < 0.4 + SLACK
    assert caught.value.outcome == "unknown"


def test_a_broken_connection_is_made_again(serve_tls: Callable[[Handler], RawServer], connect: Connect) -> None:
    server = serve_tls(script(lambda peer: peer.reset(), lambda peer: None, answer({"n": 1})))
    assert connect(server, verify=CERTIFICATE).send(POST) == {"n": 1}
    assert len(server.requests) == 3


def test_a_blocked_stream_is_closed_from_another_thread(
    serve_tls: Callable[[Handler], RawServer], connect: Connect
) -> None:
    server = serve_tls(
        script(lambda peer: (peer.send(b"HTTP/1.1 200 OK\r\n\r\none"), peer.server.stopping.wait(20)))  # type: ignore[func-returns-value]
    )
    stream = connect(server, verify=CERTIFICATE).open(GET, idle_timeout=20)
    assert stream.read() == b"one"
    closer = threading.Timer(0.1, stream.close)
    closer.start()
    started = time.monotonic()
    with pytest.raises(AxmeClosedError):
        stream.read()
    assert time.monotonic() - started < 2
    closer.join()
