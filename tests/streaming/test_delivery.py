"""Each event is there as soon as its bytes are: the server sends the next one only after the program has the last."""

from __future__ import annotations

import threading

import pytest

from tests.streaming.conftest import Follow
from tests.streaming.server import Exchange, Server, frame, history

TRUTH = history(12)


@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "close-delimited"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
def test_no_event_waits_for_the_next(server: Server, follow: Follow, chunked: bool, line_end: bytes) -> None:
    received = threading.Semaphore(0)
    late: list[int] = []

    def one_at_a_time(exchange: Exchange) -> None:
        exchange.start(chunked=chunked)
        for entry in TRUTH:
            exchange.send(frame(entry).replace(b"\n", line_end))
            if not received.acquire(timeout=5):
                late.append(entry["seq"])
                return
        exchange.finish()

    server.on_stream(one_at_a_time)
    got = []
    for entry in follow(poll=False):
        got.append(entry)
        received.release()
    assert (got, late) == (TRUTH, [])


@pytest.mark.parametrize("chunked", [True, False], ids=["chunked", "close-delimited"])
def test_no_part_of_a_packet_is_held_back(server: Server, follow: Follow, chunked: bool) -> None:
    received = threading.Semaphore(0)
    late: list[int] = []

    def event_and_a_half(exchange: Exchange) -> None:
        exchange.start(chunked=chunked)
        stream = b"".join(map(frame, TRUTH))
        sent = 0
        for entry in TRUTH:
            end = stream.index(frame(entry)) + len(frame(entry))
            exchange.send(stream[sent : end + 30])
            sent = min(end + 30, len(stream))
            if not received.acquire(timeout=5):
                late.append(entry["seq"])
                return
        exchange.finish()

    server.on_stream(event_and_a_half)
    got = []
    for entry in follow(poll=False):
        got.append(entry)
        received.release()
    assert (got, late) == (TRUTH, [])
