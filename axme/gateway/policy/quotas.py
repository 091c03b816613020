"""When a limit is passed, and what follows (contract 3.22). Numbers in, a verdict out."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from axme.contract.metering import DEFAULT_LIMITS, DEFAULT_SOFT_PERCENT, IN_BYTES, Dimension, OverageMode

_MIB = 1024 * 1024


class Beyond(Enum):
    """What happens to what goes beyond a limit."""

    REFUSE = "refuse"
    PASS = "pass"
    BILL = "bill"


class Limit(NamedTuple):
    """How much of one dimension is free, from where on it is noted, and what comes after."""

    ceiling: int
    soft: int
    beyond: Beyond

    def passes_soft(self, used: int, amount: int) -> bool:
        """Whether this very amount reached the soft threshold."""
        return amount > 0 and used - amount < self.soft <= used

    def excess(self, used: int, amount: int) -> int:
        """How much of ``amount`` lies beyond the limit, once ``used`` includes it."""
        return max(0, min(amount, used - self.ceiling))


def limit(ceiling: int, soft_percent: int, beyond: Beyond) -> Limit:
    """A limit with its soft threshold in numbers."""
    return Limit(ceiling, max(1, -(-ceiling * soft_percent // 100)), beyond)


def beyond(mode: OverageMode, *, hard: bool) -> Beyond:
    """What a policy does beyond its limits; without hard enforcement, ``block`` only counts."""
    if mode is OverageMode.BILL:
        return Beyond.BILL
    return Beyond.REFUSE if mode is OverageMode.BLOCK and hard else Beyond.PASS


def billable_units(dimension: Dimension, excess: int) -> int:
    """What is billed for an excess: one unit for each thing, or for each MiB begun."""
    return -(-excess // _MIB) if dimension in IN_BYTES else excess


DEFAULTS = {
    dimension: limit(ceiling, DEFAULT_SOFT_PERCENT, Beyond.REFUSE) for dimension, ceiling in DEFAULT_LIMITS.items()
}
