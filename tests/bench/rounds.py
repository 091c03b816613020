"""Interleaved rounds and the numbers drawn from them: medians, ratios, goals. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Literal, TypeVar

Relation = Literal["at least", "at most"]
Measure = Literal["ratio", "difference", "value"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Goal:
    """What a row has to reach, and which of its figures is held against it."""

    relation: Relation
    limit: float
    of: Measure = "ratio"

    def reached(self, figure: float) -> bool:
        """Whether ``figure`` is on the right side of the limit."""
        return figure >= self.limit if self.relation == "at least" else figure <= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured: our figure of each round, the baseline's of the same rounds, and the goal."""

    what: str
    unit: str
    ours: list[float]
    baseline: list[float] = field(default_factory=list)
    against: str = ""
    goal: Goal | None = None

    @property
    def ratio(self) -> float | None:
        """The median of ours / baseline, round by round: the machine's drift falls out."""
        return median(a / b for a, b in zip(self.ours, self.baseline, strict=True)) if self.baseline else None

    @property
    def difference(self) -> float | None:
        """The median of ours - baseline, round by round."""
        return median(a - b for a, b in zip(self.ours, self.baseline, strict=True)) if self.baseline else None

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; ``None`` where there is no goal."""
        if self.goal is None:
            return None
        figures = {"ratio": self.ratio, "difference": self.difference, "value": median(self.ours)}
        figure = figures[self.goal.of]
        return figure is not None and self.goal.reached(figure)

    def to_dict(self) -> dict[str, Any]:
        """Everything, for ``--json``."""
        drawn = {"ratio": self.ratio, "difference": self.difference, "reached": self.reached}
        return asdict(self) | drawn


def interleave(
    sides: Mapping[str, Callable[[], T]], rounds: int, tick: Callable[[int], None] = lambda _: None
) -> dict[str, list[T]]:
    """Run every side once a round, A B C, then B C A …: no side always runs first, none in a block of its own."""
    found: dict[str, list[T]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(rounds):
        tick(number)
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            found[name].append(sides[name]())
    return found


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of the others lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def latencies(found: Sequence[Mapping[str, Any]], share: float) -> list[float]:
    """That percentile of each round of :func:`tests.bench.baselines.worker.each_timed`, in ms."""
    return [percentile(each["latencies_ms"], share) for each in found]


def rates(found: Sequence[Mapping[str, Any]]) -> list[float]:
    """Items a second of each such round."""
    return [each["per_second"] for each in found]
