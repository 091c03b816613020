"""The same round trip with ``agent.serve`` under claims, seen through ``observe()`` and through ``intents.run()``."""

from __future__ import annotations

from tests.bench import ends
from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row, latencies, rates

TITLE = "Round trip with a worker: serve, and run() for the submitter (goals 6 to 8)"
#: Restate without a step took 510 items a second where a bare gateway like this floor took 361; see ``restate``.
REFERENCE = round(510 / 361, 2)


def run(lab: Lab) -> list[Row]:
    """One at a time, then 32 at once."""
    ours, floor = ends.ours(lab, agent="worker"), ends.floor(lab)
    for side in (ours, floor):
        side.submit(20, 4)
    found = {}
    for threads, count in ((1, lab.size(150)), (32, lab.size(400))):
        sides = {
            how: lambda how=how, threads=threads, count=count: ours.submit(count, threads, how)
            for how in ("observe", "run")
        }
        sides["floor"] = lambda threads=threads, count=count: floor.submit(count, threads)
        found[threads] = lab.compare(f"round trip with a worker, {threads} at once", sides, 5)
    one, many = found[1], found[32]
    p50, p99 = latencies(many["run"], 0.5), latencies(many["run"], 0.99)
    reached = Goal("at least", REFERENCE)
    return [
        Row("1 at a time: p50, observe()", "ms", latencies(one["observe"], 0.5), latencies(one["floor"], 0.5), "floor"),
        Row("1 at a time: p50, run()", "ms", latencies(one["run"], 0.5), latencies(one["floor"], 0.5), "floor"),
        Row("32 at once: rate, observe()", "items/s", rates(many["observe"]), rates(many["floor"]), "floor"),
        Row("32 at once: rate, run()", "items/s", rates(many["run"]), rates(many["floor"]), "floor", reached),
        Row("32 at once: p50, run()", "ms", p50, latencies(many["floor"], 0.5), "floor"),
        Row("32 at once: p99, run()", "ms", p99, p50, "own p50", Goal("at most", 4.0)),
    ]
