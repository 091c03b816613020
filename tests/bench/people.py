"""From a person's answer to the end seen by who asked, for intents that wait already."""

from __future__ import annotations

from tests.bench import ends
from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row, latencies, rates

TITLE = "A person's answer, seen by the submitter (goal 9)"
#: Restate took 296 signals a second where a bare gateway like this floor took 401; it is not run here.
REFERENCE = round(296 / 401, 2)


def run(lab: Lab) -> list[Row]:
    """One at a time, then 32 at once."""
    ours, floor = ends.ours(lab, agent=None), ends.floor(lab, agent=False)
    for side in (ours, floor):
        side.answer(20, 4)
    found = {}
    for threads, count in ((1, lab.size(150)), (32, lab.size(400))):
        sides = {
            name: lambda side=side, threads=threads, count=count: side.answer(count, threads)
            for name, side in (("axme", ours), ("floor", floor))
        }
        found[threads] = lab.compare(f"answers, {threads} at once", sides, 5)
    one, many = found[1], found[32]
    reached = Goal("at least", REFERENCE)
    return [
        Row("1 at a time: p50", "ms", latencies(one["axme"], 0.5), latencies(one["floor"], 0.5), "floor"),
        Row("32 at once: rate", "items/s", rates(many["axme"]), rates(many["floor"]), "floor", reached),
        Row("32 at once: p99", "ms", latencies(many["axme"], 0.99), latencies(many["floor"], 0.99), "floor"),
    ]
