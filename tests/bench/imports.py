"""How long ``import axme`` takes, alone and with a first client, in a fresh process each time."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial

from tests.bench.children import ROOT
from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row

TITLE = "Import in a fresh process (goal 5)"
CLIENT = "axme.AxmeClient(axme.AxmeClientConfig(base_url='http://127.0.0.1:9', api_key='axme_sa_bench_secret'))"
PROGRAM = "import time; t = time.perf_counter(); import axme; {then}; print((time.perf_counter() - t) * 1000)"


def import_ms(python: str, path: str, then: str) -> float:
    """Milliseconds inside the process, its own start left out."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [python, "-c", PROGRAM.format(then=then)]
    done = subprocess.run(command, env=kept | {"PYTHONPATH": path}, cwd="/", capture_output=True, text=True, check=True)
    return float(done.stdout)


def run(lab: Lab) -> list[Row]:
    """Both cases; the first, uncounted round fills the page and bytecode caches."""
    rows = []
    for name, then, goal in (("import axme", "pass", 0.4), ("import axme and make a client", CLIENT, 0.9)):
        sides = {
            "axme": partial(import_ms, sys.executable, str(ROOT), then),
            "flat": partial(import_ms, lab.flat_python, "", then),
        }
        for side in sides.values():
            side()
        found = lab.compare(f"import: {name}", sides, 15)
        rows.append(Row(name, "ms", found["axme"], found["flat"], "flat SDK", Goal("at most", goal)))
    return rows
