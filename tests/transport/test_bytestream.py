"""Streams: bytes at once, an end to every wait, and closing from anywhere."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from requests.models import PreparedRequest, Response

from axme.exceptions import (
    AxmeClosedError,
    AxmeConnectionError,
    AxmeNotFoundError,
    AxmeProtocolError,
    AxmeTimeoutError,
    AxmeTransportError,
)
from axme.transport import ByteStream, Call, Cancel, Transport
from axme.transport.session import LeanAdapter
from tests.transport.rawserver import Handler, Peer, RawServer, answer, script
from tests.transport.wirekit import silent

Serve = Callable[[Handler], RawServer]
Connect = Callable[..., Transport]
CALL = Call(method="GET", path="/v1/intents/i/events/stream", operation="observe")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def chunked(*parts: bytes, pause: float = 0.0, end: bool = True) -> Callable[[Peer], None]:
    def step(peer: Peer) -> None:
        peer.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for part in parts:
            peer.send(chunk(part))
            time.sleep(pause)
        if end:
            peer.send(b"0\r\n\r\n")

    return step


def until_close(*parts: bytes, pause: float = 0.0, stay: bool = False) -> Callable[[Peer], None]:
    def step(peer: Peer) -> None:
        peer.send(HEAD + b"Connection: close\r\n\r\n")
        for part in parts:
            peer.send(part)
            time.sleep(pause)
        if stay:
            peer.server.stopping.wait(20)

    return step


def everything(stream: ByteStream) -> bytes:
    found = b""
    while data := stream.read():
        found += data
    return found


@pytest.mark.parametrize("framing", [chunked, until_close])
def test_bytes_are_handed_on_as_they_arrive(
    serve: Serve, connect: Connect, framing: Callable[..., Callable[[Peer], None]]
) -> None:
    server = serve(script(framing(b"one", b"two", b"three", pause=0.15)))
    with connect(server).open(CALL, idle_timeout=5) as stream:
        arrived = []
        while data := stream.read():
            arrived.append((time.monotonic(), data))
    assert [data for _, data in arrived] == [b"one", b"two", b"three"]
    assert all(later - earlier > 0.05 for (earlier, _), (later, _) in pairwise(arrived))
    fields = server.requests[0].fields
    assert (fields["accept"], fields["accept-encoding"]) == ("text/event-stream", "identity")
    assert stream.headers["content-type"] == "text/event-stream"


@pytest.mark.parametrize("framing", [chunked, until_close])
def test_close_frees_a_blocked_read_at_once(
    serve: Serve, connect: Connect, framing: Callable[..., Callable[[Peer], None]]
) -> None:
    def stays(peer: Peer) -> None:
        framing(b"one", **({"end": False} if framing is chunked else {}))(peer)
        peer.server.stopping.wait(20)

    transport = connect(serve(script(stays)))
    for close in (lambda stream: stream.close(), lambda stream: transport.close()):
        stream = transport.open(CALL, idle_timeout=20)
        assert stream.read() == b"one"
        closer = threading.Timer(0.15, close, args=(stream,))
        closer.start()
        started = time.monotonic()
        with pytest.raises(AxmeClosedError):
            stream.read()
        assert time.monotonic() - started < 2
        closer.join()
        with pytest.raises(AxmeClosedError):
            stream.read()
        stream.close()


def test_an_answer_that_comes_with_the_closing_is_closed(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = connect(serve(script(until_close(stay=True))))
    plain, answers = LeanAdapter.build_response, []

    def closing(adapter: LeanAdapter, request: PreparedRequest, response: Any) -> Response:
        answers.append(response)
        transport.close()
        return plain(adapter, request, response)

    monkeypatch.setattr(LeanAdapter, "build_response", closing)
    with pytest.raises(AxmeClosedError):
        transport.open(CALL, idle_timeout=20)
    assert answers[0].closed


def test_silence_ends_a_read(serve: Serve, connect: Connect) -> None:
    stream = connect(serve(script(until_close(b"one", stay=True)))).open(CALL, idle_timeout=0.2)
    assert stream.read() == b"one"
    with pytest.raises(AxmeTimeoutError, match=r"sent nothing for 0\.2 s"):
        stream.read()


def test_a_stream_outlives_the_timeout_of_its_opening(serve: Serve, connect: Connect) -> None:
    server = serve(script(chunked(*[b"tick"] * 8, pause=0.1)))
    call = Call(method="GET", path="/v1/stream", timeout=0.3)
    assert everything(connect(server).open(call, idle_timeout=5)) == b"tick" * 8


def test_opening_has_a_deadline(serve: Serve, connect: Connect) -> None:
    server = serve(script(silent))
    started = time.monotonic()
    with pytest.raises(AxmeTimeoutError):
        connect(server).open(Call(method="GET", path="/v1/stream", timeout=0.3), idle_timeout=20)
    assert time.monotonic() - started < 2


@pytest.fixture
def full() -> Iterator[str]:
    """The address of a server whose queue of connections is full: a new one is neither accepted nor refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as stack:
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("by", ["cancel", "transport"])
def test_an_opening_without_an_answer_ends_at_once(
    serve: Serve, connect: Connect, full: str, reached: bool, by: str
) -> None:
    server = serve(script(silent))
    transport, cancel = connect(server if reached else full), Cancel()
    closer = threading.Timer(0.2, cancel if by == "cancel" else transport.close)
    closer.start()
    started = time.monotonic()
    with pytest.raises(AxmeClosedError):
        transport.open(replace(CALL, timeout=20, cancel=cancel), idle_timeout=20)
    assert time.monotonic() - started < 2
    closer.join()


def test_a_call_canceled_before_it_begins_sends_nothing(serve: Serve, connect: Connect) -> None:
    server, cancel = serve(script(answer({}))), Cancel()
    transport = connect(server)
    assert transport.send(replace(CALL, cancel=cancel)) == {}
    cancel()
    with pytest.raises(AxmeTransportError) as caught:
        transport.send(replace(CALL, cancel=cancel))
    assert (caught.value.outcome, len(server.requests)) == ("not_sent", 1)


@pytest.mark.parametrize("end", [lambda peer: None, lambda peer: peer.reset()], ids=["closed", "reset"])
def test_a_cut_is_an_error_not_an_end(serve: Serve, connect: Connect, end: Callable[[Peer], None]) -> None:
    def step(peer: Peer) -> None:
        peer.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"a\r\nhalf")
        time.sleep(0.05)
        end(peer)

    stream = connect(serve(script(step))).open(CALL, idle_timeout=5)
    assert stream.read() == b"half"
    with pytest.raises(AxmeConnectionError):
        everything(stream)


def test_errors_before_the_stream_are_what_they_are_for_calls(serve: Serve, connect: Connect) -> None:
    server = serve(script(answer({"error": {"code": "not_found", "message": "no such intent"}}, 404)))
    with pytest.raises(AxmeNotFoundError, match="no such intent") as caught:
        connect(server).open(CALL, idle_timeout=5)
    assert (caught.value.operation, caught.value.attempts, len(server.requests)) == ("observe", 1, 1)


def test_a_stream_follows_no_redirect(serve: Serve, connect: Connect) -> None:
    server = serve(script(answer({}, 307, Location="http://localhost:1/")))
    with pytest.raises(AxmeProtocolError, match="localhost"):
        connect(server).open(CALL, idle_timeout=5)


def test_opening_is_tried_once(serve: Serve, connect: Connect) -> None:
    server = serve(script(answer({}, 503)))
    with pytest.raises(Exception, match="HTTP 503"):
        connect(server).open(CALL, idle_timeout=5)
    assert len(server.requests) == 1


def test_streams_leave_nothing_behind(serve: Serve, connect: Connect) -> None:
    transport = connect(serve(script(chunked(b"one"))))
    everything(transport.open(CALL, idle_timeout=5))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(30):
        with transport.open(CALL, idle_timeout=5) as stream:
            stream.read()
    deadline = time.monotonic() + 5
    while len(os.listdir("/proc/self/fd")) > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(os.listdir("/proc/self/fd")) <= before
    assert not transport._state.watchdog._guards
