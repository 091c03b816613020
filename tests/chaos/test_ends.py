"""C10: every way to tell a gateway to end, with five hundred streams open and writes coming."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.chaos.harness.load import Load
from tests.chaos.harness.places import START_SECONDS, Place
from tests.chaos.harness.sizes import add, size
from tests.chaos.harness.streams import many_files, observe, read_to_the_end
from tests.chaos.probes import create
from tests.plain import until

STREAMS = 500
#: A promise for a machine that has nothing else to do; a busy one gets three times as much.
END_SECONDS = 5.0 * 3
ENDINGS = {
    "term": [signal.SIGTERM],
    "interrupt": [signal.SIGINT],
    "hang up": [signal.SIGHUP],
    "twice": [signal.SIGTERM, signal.SIGTERM],
}

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def _hang_ups_are_heard() -> Iterator[None]:
    """Under ``nohup`` gateways inherit deaf ears, and go on as they should; a handler of ours ends with the exec."""
    before = signal.signal(signal.SIGHUP, lambda *_: None)
    yield
    signal.signal(signal.SIGHUP, before)


def test_every_way_to_end(place: Place, seed: int) -> None:
    """Gone in time, nothing lost, and whoever followed goes on where it was, without a gap."""
    count, gateway = size(STREAMS), place.nodes[0]
    load = Load(place, seed, writers=4, observers=4)
    with many_files(count + 500), place.client() as client:
        load.history.ops.append(made := create(client, "quiet"))
        for name, signals in ENDINGS.items():
            load.more(5)
            with ExitStack() as opened:
                streams = [opened.enter_context(observe(place, made.answer["intent_id"])) for _ in range(count)]
                _await_events(streams)
                _end(gateway.pid, signals)
                began = time.monotonic()
                until(lambda: not gateway.is_running, seconds=60)
                assert time.monotonic() - began < END_SECONDS, name
                if len(signals) == 1:
                    assert all(read_to_the_end(one) for one in streams), f"{name}: a stream was cut within a frame"
            gateway.restart(timeout=START_SECONDS)
    load.more(5)
    add(endings_with_streams_open=len(ENDINGS), **load.judge())


def _end(pid: int | None, signals: list[signal.Signals]) -> None:
    assert pid is not None
    for number, one in enumerate(signals):
        time.sleep(0.05 * number)
        os.kill(pid, one)


def _await_events(streams: list[socket.socket]) -> None:
    for one in streams:
        seen = b""
        while b"intent.delivered" not in seen:
            seen += (data := one.recv(65536))
            assert data, "a stream ended early"
