"""What 100,000 waiting timers cost a gateway: start, memory and idle CPU beside one without any."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from axme.gateway import start
from tests.bench.lab import Lab
from tests.bench.process import cpu_seconds, memory_mib
from tests.bench.rounds import Goal, Row

TITLE = "Timers that wait: a gateway with 100,000 beside an empty one"
WAITING = 100_000
#: In microseconds: the year 2112.
_FAR = 2**52
_INSERT = "INSERT INTO jobs (job_id, kind, due_at, held, details) VALUES (?, 'deadline', ?, 0, '{}')"


class Cost(NamedTuple):
    """One start and a while of doing nothing."""

    ready: float
    memory: float
    cpu: float


def run(lab: Lab) -> list[Row]:
    """The same data directory layout twice, one of them filled."""
    folder = Path(lab.stack.enter_context(tempfile.TemporaryDirectory(prefix="axme-bench-")))
    places = {"ours": folder / "full", "baseline": folder / "empty"}
    for place in places.values():
        start(data_dir=place).stop()
    with closing(sqlite3.connect(places["ours"] / "axme.db")) as connection, connection:
        connection.executemany(_INSERT, ((f"waiting-{n:06}", _FAR + n) for n in range(lab.size(WAITING))))
    sides = {name: lambda place=place: _cost(place, lab.seconds(4)) for name, place in places.items()}
    found = lab.compare("timers", sides, 3)
    ours, empty = (list(zip(*found[name], strict=True)) for name in ("ours", "baseline"))
    return [
        Row("until it answers", "s", list(ours[0]), list(empty[0]), "no timers", Goal("at most", 0.5, of="difference")),
        Row("memory", "MiB", list(ours[1]), list(empty[1]), "no timers", Goal("at most", 5, of="difference")),
        Row("CPU while idle", "%", list(ours[2]), list(empty[2]), "no timers", Goal("at most", 1, of="difference")),
    ]


def _cost(place: Path, seconds: float) -> Cost:
    began = time.monotonic()
    with start(data_dir=place, timeout=60) as gateway:
        ready = time.monotonic() - began
        time.sleep(seconds / 4)
        before = cpu_seconds(gateway.pid)
        time.sleep(seconds)
        return Cost(ready, memory_mib(gateway.pid), (cpu_seconds(gateway.pid) - before) / seconds * 100)
