"""Calls a second: typed results against the flat SDK's dicts, on one thread and on eight sharing a client."""

from __future__ import annotations

from functools import partial

from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row

TITLE = "Calls a second over loopback, canned answers (goals 1 and 2)"
CASES = [
    ("create", 1, Goal("at least", 1.0)),
    ("get", 1, Goal("at least", 1.0)),
    ("create", 8, Goal("at least", 1.2)),
    ("get", 8, Goal("at least", 1.2)),
    ("inbox", 1, Goal("at least", 0.7)),
]
NAMES = {"create": "create an intent", "get": "get an intent", "inbox": "list 100 inbox threads"}


def run(lab: Lab) -> list[Row]:
    """All cases; the rows without a goal show the flat calls of this SDK and the raw socket."""
    rows = []
    for what, threads, goal in CASES:
        asked = {"url": lab.url("calls"), "threads": threads, "seconds": lab.seconds(0.6)}
        children = lab.clients
        sides = {name: partial(children[name].ask, "calls", what=what, **asked) for name in ("axme", "flat", "raw")}
        sides["axme, dict"] = partial(children["axme"].ask, "calls", what=f"flat {what}", **asked)
        found = lab.compare(f"calls: {what}, {threads} thread(s)", sides, 7)
        name = f"{NAMES[what]}, {threads} thread{'s' if threads > 1 else ''}"
        rows += [
            Row(f"{name}, typed", "calls/s", found["axme"], found["flat"], "flat SDK", goal),
            Row(f"{name}, as dict", "calls/s", found["axme, dict"], found["flat"], "flat SDK"),
            Row(f"{name}, typed", "calls/s", found["axme"], found["raw"], "raw socket"),
        ]
    return rows
