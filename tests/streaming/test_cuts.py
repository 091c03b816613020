"""The stream is cut, falls silent, or the server goes away: nothing is lost, repeated or made up."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from axme.config import AxmeClientConfig
from axme.transport import Transport
from tests.streaming.conftest import Follow, stream_on
from tests.streaming.server import STREAM, Exchange, Script, Server, frame, history

TRUTH = history(20)
BYTES = b"".join(frame(entry) for entry in TRUTH)


@pytest.fixture
def server(server: Server) -> Server:
    server.events = list(TRUTH)
    return server


def cut_after(size: int, *, chunked: bool) -> Script:
    def script(exchange: Exchange) -> None:
        exchange.start(chunked=chunked)
        exchange.send(b"".join(frame(entry) for entry in TRUTH if entry["seq"] > exchange.since)[:size])

    return script


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.slow), 11])
def test_cut_at_every_byte(server: Server, follow: Follow, step: int) -> None:
    for offset in range(0, len(BYTES), step):
        server.on_stream(cut_after(offset, chunked=offset % 2 == 0), server.stream_all)
        with follow() as stream:
            assert list(stream) == TRUTH, f"cut after byte {offset}"


def test_cut_again_and_again_at_random_places(server: Server, follow: Follow) -> None:
    chance = random.Random(20)
    for _ in range(40):
        cuts = [cut_after(chance.randrange(len(BYTES) // 2), chunked=chance.random() < 0.5) for _ in range(6)]
        server.on_stream(*cuts, server.stream_all)
        with follow() as stream:
            assert list(stream) == TRUTH


@pytest.mark.parametrize("known", [0, 1, 7, 19])
def test_a_stall_is_noticed_and_survived(server: Server, follow: Follow, known: int) -> None:
    def stall(exchange: Exchange) -> None:
        exchange.start()
        exchange.send(b"".join(frame(entry) for entry in TRUTH[:known]) + b"id: 99\nevent: intent.")
        exchange.wait_for_hang_up()

    server.on_stream(stall, server.stream_all)
    assert list(follow(idle_timeout=0.15)) == TRUTH
    assert server.requests == [(STREAM, 0), (STREAM, known)]


def test_a_server_that_accepts_and_says_nothing(server: Server, follow: Follow) -> None:
    server.on_stream(Exchange.wait_for_hang_up, server.stream_all)
    assert list(follow(idle_timeout=0.15)) == TRUTH


def test_comments_are_signs_of_life(server: Server, follow: Follow) -> None:
    def slow(exchange: Exchange) -> None:
        exchange.start()
        exchange.sock.settimeout(0.1)
        for part in (*[b": beat\n\n"] * 8, BYTES):
            try:
                exchange.sock.recv(1)  # Nothing comes: a pause, unless the client hangs up.
                return
            except TimeoutError:
                exchange.send(part)
        exchange.finish()

    server.on_stream(slow)
    assert list(follow(idle_timeout=0.5)) == TRUTH
    assert server.count(STREAM) == 1


def test_a_connection_that_only_beats_is_left_for_another(
    server: Server, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def beating(exchange: Exchange) -> None:
        exchange.start()
        exchange.sock.settimeout(0.02)
        while True:
            exchange.send(b": beat\n\n")
            try:
                exchange.sock.recv(1)
                return
            except TimeoutError:
                pass

    monkeypatch.setattr("axme.streaming.follower._OVERTIME", 0.1)
    server.on_stream(beating, server.stream_all)
    assert list(follow(wait_seconds=0)) == TRUTH


@pytest.fixture
def restarting(server: Server) -> Iterator[list[Server]]:
    running = [server]
    yield running
    for later in running[1:]:
        later.close()


def test_a_server_that_goes_away_and_comes_back(restarting: list[Server], follow: Follow) -> None:
    first = restarting[0]
    first.on_stream(cut_after(len(BYTES) // 2, chunked=True), Exchange.wait_for_hang_up)
    stream = follow()
    got = [next(stream) for _ in range(5)]
    port = int(first.url.rsplit(":", 1)[1])
    first.close()
    second = Server(list(TRUTH), port=port)
    second.on_stream(second.stream_all)
    restarting.append(second)
    assert got + list(stream) == TRUTH


def test_nobody_there_until_time_is_up() -> None:
    gone = Server()
    gone.close()
    transport = Transport(AxmeClientConfig(base_url=gone.url, api_key="key", max_retries=0))
    stream = stream_on(transport, timeout=0.3)
    with pytest.raises(TimeoutError, match=r"within 0.3 s; the last event seen has seq 0; the last trouble was: .+"):
        next(stream)
    transport.close()
