"""The steps of a scenario, as the intent that leads it shows them (contract 3.11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.exceptions import AxmeLookupError
from axme.resources.base import Record
from axme.resources.fields import field, optional

if TYPE_CHECKING:
    from marshmallow import Schema

_HEAD = ("#", "step", "type", "status", "with", "tries", "")


class ScenarioStep(Record):
    """One step, and what has become of it.

    ``status`` is ``pending``, ``running``, ``retrying``, ``completed``, ``failed``, ``rejected``, ``timed_out``,
    ``canceled`` or, when the scenario has ended without it, ``skipped``.
    """

    __slots__ = ()
    _COLUMNS = ("index", "id", "step_type", "status", "assigned_to", "attempts", "outcome", "started_at", "ended_at")

    id = field("step_id", str)
    index = field("step_index", int)
    step_type = field("step_type", str)
    status = field("status", str)
    assigned_to = optional("assigned_to", str)
    step_intent_id = optional("step_intent_id", str)
    attempts = optional("attempts", int)
    times = optional("times", int)
    outcome = optional("outcome", str)
    reason = optional("reason", str)
    started_at = optional("started_at", datetime)
    ended_at = optional("ended_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.intents import StepShown

        return StepShown

    def _summary(self) -> str:
        return f"{self._seen('step_id')} {self._seen('status')}"

    def _row(self) -> tuple[str, ...]:
        seen = self._seen
        holder = seen("assigned_to").rpartition("/")[2]
        said = seen("reason") or seen("outcome")
        return seen("step_index"), seen("step_id"), seen("step_type"), seen("status"), holder, seen("attempts"), said


class Steps:
    """All steps in order; shows itself as a table. ``steps["build"]`` and ``steps[0]`` name one."""

    __slots__ = ("_all",)

    def __init__(self, raw: Iterable[dict[str, Any]]) -> None:
        self._all = tuple(ScenarioStep(one) for one in raw)

    def __iter__(self) -> Iterator[ScenarioStep]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, which: int | str) -> ScenarioStep:
        if isinstance(which, int):
            return self._all[which]
        for step in self._all:
            if step.id == which:
                return step
        there = ", ".join(step.id for step in self._all) or "none at all"
        raise AxmeLookupError(f"there is no step {which!r}: there are {there}")

    def _repr_html_(self) -> str:
        from axme.display import html
        from axme.resources import _showing

        titles, rows = _showing.table_of(self._all)
        return html.grid("steps", titles, rows)

    def __repr__(self) -> str:
        if not self._all:
            return "no steps: this intent leads no scenario"
        rows = [_HEAD, *(step._row() for step in self._all)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
        return "\n".join(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )
