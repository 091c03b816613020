"""The gateway is killed, or told to stop, under load: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import os
import signal
import statistics
import threading
import time
from contextlib import closing

import pytest

from axme.gateway import LocalGateway
from tests.hard.conftest import INTENT
from tests.hard.kit import is_whole, seeded
from tests.hard.load import Load
from tests.plain import measured, until

CYCLES = 20
STREAMS = 50

pytestmark = pytest.mark.slow


def test_twenty_kills_under_load(fresh_gateway: LocalGateway) -> None:
    chance = seeded(5)
    ready: list[float] = []
    with closing(Load(fresh_gateway, writers=4, observed=4)) as load:
        for _ in range(CYCLES):
            written = len(load.acknowledged)
            until(lambda written=written: len(load.acknowledged) > written + 5, seconds=60)  # type: ignore[misc]
            time.sleep(chance.uniform(0.0, 0.4))
            fresh_gateway.kill()
            assert is_whole(fresh_gateway.data_dir)
            began = time.monotonic()
            fresh_gateway.restart()
            ready.append(time.monotonic() - began)
        load.finish()
        load.check()
        assert is_whole(fresh_gateway.data_dir)
        print(f"{CYCLES} kills: {load}; ready after {statistics.median(ready):.2f} s, at most {max(ready):.2f} s")


def test_a_gentle_stop_with_streams_open_and_writes_coming(fresh_gateway: LocalGateway) -> None:
    """Observers and writers meet the stop, wait, and go on where they were on the restarted gateway."""
    with closing(Load(fresh_gateway, writers=4, observed=STREAMS // 2)) as load:
        for _ in range(3):
            written = len(load.acknowledged)
            until(lambda written=written: len(load.acknowledged) > written + 20, seconds=60)  # type: ignore[misc]
            until(lambda: measured(fresh_gateway, "axme_open_streams") == STREAMS, seconds=60)
            pid = fresh_gateway.pid
            assert pid is not None
            os.kill(pid, signal.SIGTERM)
            until(lambda: not fresh_gateway.is_running, seconds=10)
            assert is_whole(fresh_gateway.data_dir)
            fresh_gateway.restart()
        load.finish()
        load.check()
        print(f"3 stops with {STREAMS} streams: {load}")


def test_what_waits_for_the_commit_is_not_answered_before_it(fresh_gateway: LocalGateway) -> None:
    """Kill in the very moment of the first answer, again and again: that answer was the truth."""
    for cycle in range(5):
        told: list[str] = []
        first = threading.Event()

        def write(number: int, cycle: int = cycle, told: list[str] = told, first: threading.Event = first) -> None:
            with fresh_gateway.client(max_retries=0, timeout=5) as client:
                try:
                    told.append(client.send_intent(INTENT, idempotency_key=f"{cycle}-{number}"))
                    first.set()
                except Exception:
                    return

        threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
        for thread in threads:
            thread.start()
        assert first.wait(20)
        fresh_gateway.kill()
        for thread in threads:
            thread.join()
        fresh_gateway.restart()
        with fresh_gateway.client() as client:
            assert {client.get_intent(intent_id)["status"] for intent_id in told} == {"DELIVERED"}
