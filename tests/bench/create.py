"""Creates a second on 32 connections: validated, authorized, idempotent and durable against a bare insert."""

from __future__ import annotations

from typing import Any

from tests.bench import ends
from tests.bench.children import Child
from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row, percentile

TITLE = "Durable creates on 32 connections, SQLite synchronous=FULL, beside a floor on asyncio + h11 (goal 11)"


def run(lab: Lab) -> list[Row]:
    """The gateway against one row a request with group commit, the same load on both."""
    gateway = ends.start_gateway(lab)
    _, floor_port = lab.floor("insert_server")
    generator = lab.keep(Child.script("load_generator"))

    def load(port: int, connections: int) -> dict[str, Any]:
        asked = {"connections": connections, "seconds": lab.seconds(1.5), "body": ends.body()}
        found: dict[str, Any] = generator.ask("create", port=port, api_key=gateway.api_key, **asked)
        return found

    rows = []
    for connections, goal in ((1, None), (32, Goal("at least", 0.5))):
        sides = {
            "axme": lambda n=connections: load(gateway.port, n),
            "floor": lambda n=connections: load(floor_port, n),
        }
        found = lab.compare(f"create, {connections} connection(s)", sides, 5)
        rates, p99 = ([_drawn(each) for each in found[side]] for side in ("axme", "floor"))
        name = f"{connections} connection{'s' if connections > 1 else ''}"
        rows += [
            Row(f"{name}: creates", "req/s", [r for r, _ in rates], [r for r, _ in p99], "bare insert", goal),
            Row(f"{name}: p99", "ms", [late for _, late in rates], [late for _, late in p99], "bare insert"),
        ]
    return rows


def _drawn(found: dict[str, Any]) -> tuple[float, float]:
    return found["per_second"], percentile(found["latencies_ms"], 0.99)
