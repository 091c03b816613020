"""How often the gateway makes the disk write for one round trip."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

from tests.bench import ends
from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row

TITLE = "fsync and fdatasync of the server for one round trip (goal 12)"
_CALL = re.compile(r"\b(?:fsync|fdatasync)\(")
_ATTACHED_SECONDS = 0.5


class NoTrace(RuntimeError):
    """The system calls of another process cannot be watched here."""


def run(lab: Lab) -> list[Row]:
    """One at a time and 32 at once; what a long run costs over a short one, so that background writes fall out."""
    if shutil.which("strace") is None:
        raise NoTrace("strace is not installed: apt-get install strace")
    ours, floor = ends.ours(lab), ends.floor(lab)
    rows = []
    for threads, few, usual, goal in ((1, 20, 120, 3), (32, 100, 400, None)):
        many = usual // 2 if lab.quick else usual
        found = {}
        for name, side in (("axme", ours), ("floor", floor)):
            lab.say(f"syncs: {name}, {threads} at once")
            counts = [_syncs(lab.place(), side, n, threads) for n in (few, many)]
            found[name] = [(counts[1] - counts[0]) / (many - few)]
        limit = Goal("at most", goal, of="value") if goal else None
        rows.append(Row(f"an item, {threads} at once", "syncs", found["axme"], found["floor"], "floor", limit))
    return rows


def _syncs(place: str, side: ends.Side, count: int, threads: int) -> int:
    """How many the server makes for ``count`` round trips."""
    log = Path(place) / "strace.log"
    command = ["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", str(log), "-p", str(side.pid)]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        time.sleep(_ATTACHED_SECONDS)
        if tracer.poll() is not None:
            assert tracer.stderr is not None
            raise NoTrace(f"strace could not attach (it needs the right to trace): {tracer.stderr.read().strip()}")
        side.submit(count, threads)
    finally:
        tracer.terminate()
        tracer.communicate()
    return len(_CALL.findall(log.read_text()))
