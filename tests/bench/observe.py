"""observe(): events a second, and how late an event reaches the reader."""

from __future__ import annotations

from functools import partial

from tests.bench.children import Child
from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row, percentile

TITLE = "observe(): 20,000 events at once, then one every 5 ms (goal 4)"
FLOODS = [
    ("chunked-1", "chunked, 1 event a chunk", Goal("at least", 1.3), Goal("at least", 1.3)),
    ("chunked-50", "chunked, 50 events a chunk", Goal("at least", 0.6), Goal("at least", 1.0)),
    ("close-1", "close-delimited", None, None),
]
EVENTS = 20_000


def run(lab: Lab) -> list[Row]:
    """Throughput typed and as dicts against the flat SDK; delay against a raw socket."""
    children = lab.clients
    return [*_throughput(lab, children), *_delay(lab, children)]


def _throughput(lab: Lab, children: dict[str, Child]) -> list[Row]:
    rows = []
    for port, name, typed, plain in FLOODS:
        asked = {"url": lab.url(port), "expected": EVENTS}
        sides = {
            "typed": partial(children["axme"].ask, "observe", typed=True, **asked),
            "dict": partial(children["axme"].ask, "observe", typed=False, **asked),
            "flat": partial(children["flat"].ask, "observe", **asked),
        }
        found = lab.compare(f"observe: {name}", sides, 7)
        rows += [
            Row(f"{name}, typed", "events/s", found["typed"], found["flat"], "flat SDK", typed),
            Row(f"{name}, as dict", "events/s", found["dict"], found["flat"], "flat SDK", plain),
        ]
    return rows


def _delay(lab: Lab, children: dict[str, Child]) -> list[Row]:
    rows = []
    for framing in ("chunked", "close"):
        url = lab.url(f"trickle-{framing}")
        sides = {name: partial(children[name].ask, "delay", url=url) for name in ("axme", "raw")}
        found = lab.compare(f"observe: delay, {framing}", sides, 5)
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            ours, raw = ([percentile(each, share) for each in found[side]] for side in ("axme", "raw"))
            goal = Goal("at most", 0.2, of="difference")
            rows.append(Row(f"delay {name}, {framing}", "ms", ours, raw, "raw socket", goal))
    return rows
