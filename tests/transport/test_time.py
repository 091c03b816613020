"""Every call ends by its deadline, whatever the other side does or does not do."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from axme.exceptions import (
    AxmeServerError,
    AxmeTimeoutError,
)
from axme.transport import Call, connection
from tests.transport.rawserver import Peer, always, answer, script
from tests.transport.wirekit import GET, SLACK, Connect, Serve, drip, run_all, silent


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


def test_waits_between_attempts_end_by_the_deadline_too(serve: Serve, connect: Connect) -> None:
    server = serve(always(answer({"message": "later"}, 503)))
    transport = connect(server, retry_backoff_seconds=0.3, max_retries=50)
    for _ in range(3):
        started = time.monotonic()
        with pytest.raises(AxmeServerError):
            transport.send(Call(method="GET", path="/v1/x", timeout=0.5))
        assert time.monotonic() - started < 0.5 + SLACK


def test_the_failure_that_used_up_the_time_is_the_one_told(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("axme.transport.Transport.sleep", lambda self, seconds: time.sleep(0.25))
    server = serve(always(answer({"message": "later"}, 503)))
    with pytest.raises(AxmeServerError, match="later") as caught:
        connect(server).send(Call(method="GET", path="/v1/x", timeout=0.2))
    assert len(server.requests) == 1
    assert caught.value.__suppress_context__
