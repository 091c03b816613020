"""The watchdog and its guards on their own."""

from __future__ import annotations

import socket
import threading
import time
from math import inf

import pytest

from axme.transport.deadline import Guard, Watchdog


def waits_until(condition: object, seconds: float = 2.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.005)
    return False


@pytest.fixture
def watchdog() -> Watchdog:
    return Watchdog()


def test_guards_are_cut_in_their_order(watchdog: Watchdog) -> None:
    now = time.monotonic()
    guards = [Guard(now + delay) for delay in (0.3, 0.1, 0.2)]
    for guard in guards:
        watchdog.enter(guard)
    assert waits_until(lambda: guards[1].reason)
    assert guards[0].reason is None
    assert waits_until(lambda: guards[0].reason)
    assert [guard.reason for guard in guards] == ["deadline"] * 3
    assert time.monotonic() >= now + 0.3


def test_the_thread_ends_when_there_is_nothing_to_watch(watchdog: Watchdog) -> None:
    before = threading.active_count()
    guard = Guard(time.monotonic() + 0.05)
    watchdog.enter(guard)
    watchdog.leave(guard)
    assert waits_until(lambda: threading.active_count() == before)
    assert guard.reason is None
    again = Guard(time.monotonic() + 0.05)
    watchdog.enter(again)
    assert waits_until(lambda: again.reason == "deadline")


def test_a_guard_without_a_deadline_needs_no_thread(watchdog: Watchdog) -> None:
    before = threading.active_count()
    guard = Guard(inf)
    watchdog.enter(guard)
    assert threading.active_count() == before
    watchdog.close()
    assert guard.reason == "closed"
    assert guard.remaining() == 0


def test_a_cut_wakes_a_reader_and_spares_a_socket_that_was_released() -> None:
    for released in (False, True):
        left, right = socket.socketpair()
        with left, right:
            guard = Guard(inf)
            guard.hold(left)
            if released:
                assert guard.release() is left
            guard.cut("deadline")
            right.settimeout(0.05)
            if released:
                with pytest.raises(TimeoutError):
                    right.recv(1)
            else:
                assert left.recv(1) == b""


def test_nothing_is_held_after_a_cut() -> None:
    guard = Guard(inf)
    guard.cut("closed")
    left, right = socket.socketpair()
    with left, right, pytest.raises(TimeoutError):
        guard.hold(left)


def test_many_threads_many_guards(watchdog: Watchdog) -> None:
    missed: list[Guard] = []

    def work(seed: int) -> None:
        for index in range(60):
            guard = Guard(time.monotonic() + 0.001 * ((seed + index) % 7))
            watchdog.enter(guard)
            if not waits_until(lambda guard=guard: guard.reason):  # type: ignore[misc]
                missed.append(guard)
            watchdog.leave(guard)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert missed == []
