"""How much work waits, for those who watch over a gateway."""

from __future__ import annotations

from typing import NamedTuple

from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.store.queries import jobs, outside
from axme.gateway.store.queries.nodes import COUNT_ALIVE, LOOK, TOUCH
from axme.gateway.store.tx import Tx

_LANES = {"timers": 0, "outside": outside.LANE}


class Lane(NamedTuple):
    """Jobs of one kind whose time has come."""

    name: str
    due: int
    late_seconds: float


class Vitals(NamedTuple):
    """A look at the database."""

    lanes: list[Lane]
    parked: int
    #: Only where there can be several.
    nodes: int | None


def take(tx: Tx) -> Vitals:
    """Look; costs a few steps along an index for each job that is due."""
    parked: int = tx.run(jobs.COUNT_HELD, {"held": jobs.PARKED})[0]["count"]
    alive = None if tx.has_one_writer else int(tx.run(COUNT_ALIVE)[0]["count"])
    return Vitals([_lane(tx, name, held) for name, held in _LANES.items()], parked, alive)


def prove_readable(tx: Tx) -> None:
    """Ask the database something."""
    tx.run(LOOK)


def prove_writable(tx: Tx) -> None:
    """Write something, where several nodes do not write all the time anyway."""
    if tx.has_one_writer:
        tx.run(TOUCH, {"now": tx.now})


def _lane(tx: Tx, name: str, held: int) -> Lane:
    (row,) = tx.run(jobs.COUNT_DUE, {"held": held, "now": tx.now})
    oldest: int | None = row["oldest"]
    return Lane(name, row["count"], 0.0 if oldest is None else (tx.now - oldest) / SECOND)
