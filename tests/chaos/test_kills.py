"""C1, C4, C27, C28: processes die, sleep and come back under load; every promise holds afterwards."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests import postgres
from tests.chaos.checker.reading import read_sqlite
from tests.chaos.harness import places
from tests.chaos.harness.load import Load
from tests.chaos.harness.places import START_SECONDS, Place
from tests.chaos.harness.sizes import add, size

KILLS = 60
#: At most this long on a machine that has nothing else to do; tests give it more.
READY_SECONDS = 3.0
RESTARTS = 10
NODE_KILLS = 10
PAUSES = 5
#: Twice as long as another node waits before it takes over.
PAUSE_SECONDS = 3.0

pytestmark = pytest.mark.timeout(900)


def test_kills_under_load(place: Place, seed: int) -> None:
    """Killed 50 to 500 ms after it is ready, again and again."""
    chance, load = random.Random(seed), Load(place, seed)
    gateway, ready = place.nodes[0], []
    for _ in range(size(KILLS)):
        load.more(1)
        time.sleep(chance.uniform(0.05, 0.5))
        gateway.kill()
        began = time.monotonic()
        gateway.restart(timeout=START_SECONDS)
        ready.append(time.monotonic() - began)
    load.more(10)
    add(kills=size(KILLS), **load.judge())
    print(f"ready after {sorted(ready)[len(ready) // 2]:.2f} s in the middle, {max(ready):.2f} s at most")


def test_files_are_whole_after_each_kill(tmp_path: Path, seed: int) -> None:
    """SQLite's own checks, on what is left before anybody repairs it."""
    with places.sqlite(tmp_path / "gateway") as place:
        chance, load = random.Random(seed), Load(place, seed, observers=2)
        for _ in range(size(10)):
            time.sleep(chance.uniform(0.05, 0.5))
            place.nodes[0].kill()
            assert read_sqlite(place.nodes[0].data_dir).faults == []
            place.nodes[0].restart(timeout=START_SECONDS)
        add(kills=size(10), **load.judge())


def test_the_database_crashes(tmp_path: Path, seed: int) -> None:
    """PostgreSQL ends without a checkpoint and comes back; the gateway heals by itself."""
    if postgres._bin() is None:
        pytest.skip("needs Debian's package postgresql")
    chance = random.Random(seed)
    with postgres.private() as server, places.postgresql(tmp_path, server.url) as place:
        load = Load(place, seed)
        for _ in range(size(RESTARTS)):
            load.more(10)
            server.crash()
            time.sleep(chance.uniform(0.0, 1.0))
            server.start()
            load.more(1, seconds=30)
        add(database_crashes=size(RESTARTS), **load.judge())


@pytest.mark.parametrize("nodes", [2, 3])
def test_nodes_are_killed(postgres_server: postgres.Private, tmp_path: Path, seed: int, nodes: int) -> None:
    chance = random.Random(seed)
    with places.postgresql(tmp_path, postgres_server.url, nodes) as place:
        load = Load(place, seed)
        for _ in range(size(NODE_KILLS // 2)):
            victim = chance.choice(place.nodes)
            load.more(10)
            victim.kill()
            time.sleep(chance.uniform(0.0, 1.0))
            victim.restart(timeout=START_SECONDS)
        add(node_kills=size(NODE_KILLS // 2), **load.judge())


def test_nodes_are_paused(postgres_server: postgres.Private, tmp_path: Path, seed: int) -> None:
    """A node stands still in the middle of whatever it does, and goes on as if nothing had been."""
    chance = random.Random(seed)
    with places.postgresql(tmp_path, postgres_server.url, 2) as place:
        load = Load(place, seed)
        for _ in range(size(PAUSES)):
            load.more(10)
            pid = chance.choice(place.nodes).pid
            assert pid is not None
            os.kill(pid, signal.SIGSTOP)
            try:
                time.sleep(PAUSE_SECONDS)
            finally:
                os.kill(pid, signal.SIGCONT)
        add(node_pauses=size(PAUSES), **load.judge())
