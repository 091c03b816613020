"""One client, many threads; closing and interrupting it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from axme.exceptions import (
    AxmeClosedError,
)
from axme.transport import Call
from tests.transport.rawserver import Peer, always, answer, script
from tests.transport.wirekit import GET, POST, Connect, Serve, drip, run_all, silent


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
    assert time.monotonic() - started < 2
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
