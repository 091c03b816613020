"""C9: no file can be opened any more, or no memory is left, for a while: refused or ended, and well again."""

from __future__ import annotations

import os
import random
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.chaos.harness.load import Load
from tests.chaos.harness.places import START_SECONDS, Place
from tests.chaos.harness.sizes import add, size
from tests.plain import until

TIMES = 3
CONNECTIONS = 60
_ROOM = 10

pytestmark = pytest.mark.timeout(600)


def test_no_more_files(place: Place, seed: int) -> None:
    """Who is connected is served; who is not is turned away or waits, and is let in once there is room."""
    load = Load(place, seed, writers=4, observers=2)
    pid = _pid(place)
    address = urlsplit(place.nodes[0].base_url)
    for _ in range(size(TIMES)):
        load.more(5)
        used = len(os.listdir(f"/proc/{pid}/fd"))
        with _limit(pid, resource.RLIMIT_NOFILE, used + _ROOM), ExitStack() as opened:
            for _ in range(CONNECTIONS):
                opened.enter_context(socket.create_connection((address.hostname, address.port), timeout=20))
            until(lambda used=used: len(os.listdir(f"/proc/{pid}/fd")) >= used + _ROOM)  # type: ignore[misc]
            load.more(5)
    load.more(5)
    add(times_without_files=size(TIMES), **_judged(load))


def test_no_more_memory(place: Place, seed: int) -> None:
    """The process refuses, or ends at once and is started again, as a supervisor does; it never goes on half."""
    chance, ended = random.Random(seed), 0
    load = Load(place, seed, writers=4, observers=2)

    def supervised() -> None:
        nonlocal ended
        if _has_ended(_pid(place)):
            ended += 1
            place.nodes[0].restart(timeout=START_SECONDS)

    for _ in range(size(TIMES)):
        load.more(5)
        pid = _pid(place)
        with _limit(pid, resource.RLIMIT_DATA, _data(pid) + chance.randrange(2 ** chance.randrange(10, 21))):
            time.sleep(chance.uniform(0.2, 2.0))
        load.more(5, meanwhile=supervised)
    add(times_without_memory=size(TIMES), ends_without_memory=ended, **_judged(load))


def _judged(load: Load) -> dict[str, int]:
    # A mail that could not be written is tried again, but not within the time that is waited here.
    load.history.mailed_tasks.clear()
    return load.judge()


@contextmanager
def _limit(pid: int, what: int, count: int) -> Iterator[None]:
    soft, hard = resource.prlimit(pid, what)
    resource.prlimit(pid, what, (count, hard))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, what, (soft, hard))


def _has_ended(pid: int) -> bool:
    # Nobody has asked for its exit code yet.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def _data(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmData"))) * 1024


def _pid(place: Place) -> int:
    pid = place.nodes[0].pid
    assert pid is not None
    return pid
