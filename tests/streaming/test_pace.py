"""How long a stream waits between tries, and when it gives up."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from axme.streaming import pace
from axme.streaming.pace import Pace


class Time:
    """A clock that moves only while something waits on it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


def make(timeout: float | None = None) -> tuple[Pace, Time, list[float]]:
    time, waits = Time(), list[float]()
    made = Pace(time, timeout, lambda seconds: None)

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        time.seconds += seconds
        return False

    made._stopped.wait = wait  # type: ignore[method-assign, assignment]
    return made, time, waits


def test_waits_grow_to_a_limit_and_start_again_after_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BACKOFF_BASE", 0.1)
    monkeypatch.setattr(pace, "BACKOFF_CAP", 2.0)
    ceilings: list[float] = []
    monkeypatch.setattr(random, "uniform", lambda low, high: ceilings.append(high) or high)
    made, time, _ = make()
    start = time.seconds
    for _ in range(7):
        made.back_off()
    made.progress()
    made.back_off()
    assert ceilings == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 0.1])
    assert time.seconds - start == pytest.approx(sum(ceilings))


def test_the_jitter_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BACKOFF_BASE", 1.0)
    monkeypatch.setattr(random, "uniform", random.Random(7).uniform)
    made, time, _ = make()
    buckets = [0] * 10
    for _ in range(10_000):
        before = time.seconds
        made.progress()
        made.back_off()
        buckets[int((time.seconds - before) / pace.BACKOFF_CAP * 10)] += 1
    assert all(800 <= count <= 1200 for count in buckets)


def test_the_servers_wish_is_a_minimum_and_the_limit_a_maximum() -> None:
    made, time, _ = make(timeout=10.0)
    made.start()
    start = time.seconds
    made.back_off(at_least=4.0)
    assert 4.0 <= time.seconds - start <= 4.1
    made.back_off(at_least=86_400.0)
    assert time.seconds - start == pytest.approx(10.0)
    assert made.remaining() == pytest.approx(0.0)
    made.sleep(5.0)
    assert time.seconds - start == pytest.approx(10.0)


def test_time_runs_from_the_first_start_only() -> None:
    made, time, _ = make(timeout=10.0)
    assert made.remaining() is None
    made.start()
    time.seconds += 4
    made.start()
    assert made.remaining() == pytest.approx(6.0)
    assert made.bounded(12.5) == pytest.approx(6.0)
    assert made.bounded(3.0) == 3.0


def test_a_long_wait_looks_now_and_then_whether_the_client_is_closed() -> None:
    made, _, waits = make()
    made.sleep(1.0)
    assert max(waits) <= 0.25
    assert sum(waits) == pytest.approx(1.0)
