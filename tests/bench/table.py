"""Rows as a plain, aligned table."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from tests.bench.rounds import Goal, Row

HEAD = ("", "unit", "axme", "baseline", "against", "ratio", "goal", "reached")
LEFT = {0, 1, 4, 6, 7}


def figure(value: float | None) -> str:
    """Three digits that matter, thousands apart: ``1,635``, ``5.61``, ``0.042``."""
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def spoken(goal: Goal | None, unit: str) -> str:
    """The goal in a few letters: ``≥ 1.2x``, ``+ ≤ 0.2 ms``."""
    if goal is None:
        return ""
    sign = "≥" if goal.relation == "at least" else "≤"
    if goal.of == "ratio":
        return f"{sign} {goal.limit:g}x"
    return f"{'baseline + ' if goal.of == 'difference' else ''}{sign} {goal.limit:g} {unit}"


def cells(row: Row) -> tuple[str, ...]:
    """One row as text."""
    base = median(row.baseline) if row.baseline else None
    ratio = "-" if row.ratio is None else f"{row.ratio:.2f}x"
    verdict = {True: "yes", False: "NO", None: ""}[row.reached]
    texts = (row.what, row.unit, figure(median(row.ours)), figure(base))
    return (*texts, row.against, ratio, spoken(row.goal, row.unit), verdict)


def render(title: str, rows: Sequence[Row]) -> str:
    """The whole table under its title."""
    lines = [HEAD, *(cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    text = ["  ".join(_aligned(cell, widths[at], at) for at, cell in enumerate(line)).rstrip() for line in lines]
    return "\n".join([title, "=" * len(title), text[0], "-" * len(text[0]), *text[1:]])


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column in LEFT else cell.rjust(width)
