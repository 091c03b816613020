"""The stream as an object: closed from anywhere, limited in time, useless after a fork, gone without a trace."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from axme.exceptions import AxmeClosedError, AxmeTimeoutError
from axme.transport import Transport
from tests.plain import until
from tests.streaming.conftest import Follow, stream_on
from tests.streaming.server import LIST, STREAM, Exchange, Server, frame, history

TRUTH = history(6)


@pytest.fixture
def server(server: Server) -> Server:
    server.events = list(TRUTH)
    return server


def two_then_silence(exchange: Exchange) -> None:
    exchange.start()
    exchange.send(b"".join(map(frame, TRUTH[:2])))
    exchange.wait_for_hang_up()


def refusing(exchange: Exchange) -> None:
    exchange.answer(503, {"error": {"code": "unavailable", "message": "later"}}, "Retry-After: 30")


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


def in_thread(work: Callable[[], object]) -> tuple[threading.Thread, list[Any]]:
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


@pytest.mark.parametrize("script", [two_then_silence, refusing, Exchange.wait_for_hang_up])
def test_close_from_another_thread_ends_the_wait(server: Server, follow: Follow, script: Any) -> None:
    server.on_stream(script)
    stream = follow(timeout=None, idle_timeout=1.0)
    thread, results = in_thread(lambda: list(stream))
    until(lambda: server.requests)
    if script is two_then_silence:
        until(lambda: stream.cursor == 2)
    stream.close()
    thread.join(5)
    assert not thread.is_alive()
    assert results == [TRUTH[:2] if script is two_then_silence else []]
    stream.close()
    assert list(stream) == []


def test_a_connection_that_opens_after_close_is_let_go(server: Server, follow: Follow) -> None:
    go_on, hung_up = threading.Event(), threading.Event()

    def late(exchange: Exchange) -> None:
        go_on.wait(10)
        exchange.start()
        exchange.wait_for_hang_up()
        hung_up.set()

    server.on_stream(late)
    stream = follow()
    thread, results = in_thread(lambda: list(stream))
    until(lambda: server.requests)
    stream.close()
    go_on.set()
    thread.join(5)
    assert results == [[]]
    assert hung_up.wait(5)


def test_close_ends_the_pause_between_polls(server: Server, follow: Follow) -> None:
    server.scripts.pop(STREAM, None)
    server.events = []
    stream = follow(poll_interval=60.0)
    thread, results = in_thread(lambda: list(stream))
    until(lambda: server.count(LIST))
    stream.close()
    thread.join(5)
    assert results == [[]]


@pytest.mark.parametrize("path", [STREAM, LIST])
def test_close_ends_a_call_that_is_not_answered(server: Server, follow: Follow, path: str) -> None:
    server.scripts.pop(STREAM, None)
    server.scripts[path] = Exchange.wait_for_hang_up
    stream = follow(timeout=None, idle_timeout=60.0)
    thread, results = in_thread(lambda: list(stream))
    until(lambda: server.count(path))
    stream.close()
    thread.join(3)
    assert results == [[]]


def test_a_list_is_not_waited_for_beyond_the_time_limit(server: Server, follow: Follow) -> None:
    server.scripts = {LIST: Exchange.wait_for_hang_up}
    started = time.monotonic()
    with pytest.raises(AxmeTimeoutError, match=r"did not end within 0.3 s"):
        next(follow(timeout=0.3, idle_timeout=60.0))
    assert time.monotonic() - started < 3
    assert server.count(LIST) == 1


@pytest.mark.parametrize("script", [two_then_silence, refusing])
def test_closing_the_client_is_told(server: Server, transport: Transport, follow: Follow, script: Any) -> None:
    server.on_stream(script)
    stream = follow(timeout=None)
    thread, results = in_thread(lambda: list(stream))
    until(lambda: server.requests)
    transport.close()
    thread.join(5)
    assert isinstance(results[0], AxmeClosedError)


def test_no_event_comes_after_close(server: Server, follow: Follow) -> None:
    server.on_stream(server.stream_all)
    stream = follow()
    assert next(stream) == TRUTH[0]
    stream.close()
    assert next(stream, None) is None
    assert stream.cursor == 1


@pytest.mark.parametrize("script", [two_then_silence, beating])
def test_time_is_up_although_the_server_is_alive(server: Server, follow: Follow, script: Any) -> None:
    server.on_stream(script)
    stream = follow(timeout=0.3)
    with pytest.raises(AxmeTimeoutError, match=r"did not end within 0.3 s; the last event seen has seq \d$"):
        list(stream)
    assert server.count(STREAM) == 1


def test_time_counts_from_the_first_next(server: Server, follow: Follow) -> None:
    server.on_stream(server.stream_all)
    stream = follow(timeout=0.5)
    time.sleep(0.6)
    assert list(stream) == TRUTH


def test_threads_may_share_a_stream(server: Server, follow: Follow) -> None:
    server.on_stream(server.stream_all)
    stream = follow()
    workers = [in_thread(lambda: list(stream)) for _ in range(4)]
    for thread, _ in workers:
        thread.join(10)
    assert sorted(entry["seq"] for _, results in workers for entry in results[0]) == [1, 2, 3, 4, 5, 6]


def test_an_interrupt_loses_nothing(server: Server, follow: Follow) -> None:
    main = threading.main_thread().ident
    assert main
    server.on_stream(two_then_silence, server.stream_all)
    stream = follow()
    got = [next(stream), next(stream)]
    interrupter = threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGINT))
    interrupter.start()
    with pytest.raises(KeyboardInterrupt):
        next(stream)
    interrupter.join()
    assert got + list(stream) == TRUTH


def in_child(work: Callable[[], bool]) -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            right = work()
        except BaseException:
            right = False
        os._exit(0 if right else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_forked_process_can_neither_use_nor_harm_it(server: Server, follow: Follow) -> None:
    go_on = threading.Event()

    def in_two_parts(exchange: Exchange) -> None:
        exchange.start()
        exchange.send(b"".join(map(frame, TRUTH[:2])))
        go_on.wait(10)
        exchange.send(b"".join(map(frame, TRUTH[2:])))
        exchange.finish()

    server.on_stream(in_two_parts)
    stream = follow()
    assert next(stream) == TRUTH[0]

    def child() -> bool:
        try:
            next(stream)
        except AxmeClosedError as error:
            stream.close()
            return "since=1" in str(error)
        return False

    assert in_child(child)
    go_on.set()
    assert list(stream) == TRUTH[1:]
    assert server.count(STREAM) == 1


def test_a_stream_left_alone_closes_its_connection(server: Server, transport: Transport) -> None:
    hung_up = threading.Event()

    def script(exchange: Exchange) -> None:
        two_then_silence(exchange)
        hung_up.set()

    server.on_stream(script)
    for entry in stream_on(transport):
        assert entry == TRUTH[0]
        break
    gc.collect()
    assert hung_up.wait(5)


def test_nothing_is_left_behind(server: Server, transport: Transport) -> None:
    server.on_stream(server.stream_all)
    list(stream_on(transport))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        list(stream_on(transport))
        next(stream_on(transport))
    gc.collect()
    until(lambda: len(os.listdir("/proc/self/fd")) <= before)
    until(lambda: not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)])


def test_how_it_looks(server: Server, transport: Transport) -> None:
    stream = stream_on(transport, since=3)
    assert repr(stream) == "<EventStream of 6f1c1e9e-6a0e-4a52-9d34-0d2a7b0c9f11, open, cursor 3>"
    stream.close()
    assert "closed" in repr(stream)
    assert server.requests == []
