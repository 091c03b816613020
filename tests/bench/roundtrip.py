"""Create, handed to the agent, resolved, seen by the submitter: three processes on SQLite, every step on disk."""

from __future__ import annotations

from typing import Any

from tests.bench import ends
from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row, latencies, rates

TITLE = "Round trip: create, agent, resolved, seen by the submitter (goals 6 and 8)"
#: Restate without a step took 5.56 ms where this floor took 4.75 ms; it is not run here, so the floor stands for it.
REFERENCE = round(5.56 / 4.75, 2)
Found = list[dict[str, Any]]


def run(lab: Lab) -> list[Row]:
    """One at a time, then 32 at once."""
    ours, floor = ends.ours(lab), ends.floor(lab)
    for side in (ours, floor):
        side.submit(20, 4)
    one, many = lab.size(150), lab.size(400)
    alone = lab.compare(
        "round trip, one at a time",
        {
            "seen": lambda: ours.submit(one, 1),
            "waited": lambda: ours.submit(one, 1, "wait"),
            "floor": lambda: floor.submit(one, 1),
        },
        5,
    )
    sides = {"axme": lambda: ours.submit(many, 32), "floor": lambda: floor.submit(many, 32)}
    crowd = lab.compare("round trip, 32 at once", sides, 5)
    return [*_alone(alone), *_crowd(crowd["axme"], crowd["floor"])]


def _alone(found: dict[str, Found]) -> list[Row]:
    seen, waited, floor = (latencies(found[side], 0.5) for side in ("seen", "waited", "floor"))
    late, floor_late = (latencies(found[side], 0.99) for side in ("seen", "floor"))
    return [
        Row("1 at a time: p50, observe()", "ms", seen, floor, "floor", Goal("at most", REFERENCE)),
        Row("1 at a time: p99, observe()", "ms", late, floor_late, "floor"),
        Row("1 at a time: p50, wait() with the result", "ms", waited, floor, "floor"),
    ]


def _crowd(ours: Found, floor: Found) -> list[Row]:
    p50, floor_p50 = latencies(ours, 0.5), latencies(floor, 0.5)
    p99 = latencies(ours, 0.99)
    return [
        Row("32 at once: rate", "items/s", rates(ours), rates(floor), "floor"),
        Row("32 at once: p50", "ms", p50, floor_p50, "floor"),
        Row("32 at once: p99", "ms", p99, p50, "own p50", Goal("at most", 4.0)),
        Row("32 at once: slowest p99 of a round", "ms", [max(p99)], goal=Goal("at most", 500, of="value")),
    ]
