"""Scenarios under way."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from axme.gateway.lifecycle.scenarios import ScenarioRun
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.tables import scenario_runs
from axme.gateway.store.tx import Tx

#: The job that looks whether a scenario can go on.
KIND = "scenario"
_r = scenario_runs.c
_JSON = frozenset({"sender", "steps", "results", "progress"})
_COLUMNS = tuple(field.name for field in fields(ScenarioRun))
_CHANGING = ("step_id", "attempt", "step_intent_id", "results", "progress")

INSERT = insert(scenario_runs)
FIND = select(scenario_runs).where(_r.intent_id == bindparam("intent_id"))
UPDATE = (
    update(scenario_runs)
    .where(_r.intent_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)


def insert_run(tx: Tx, run: ScenarioRun) -> None:
    """Store a new one, beside its intent."""
    tx.run(INSERT, {name: _to_column(run, name) for name in _COLUMNS})


def load(tx: Tx, intent_id: str) -> ScenarioRun | None:
    """The scenario of an intent; who changes it holds the lock of the intent."""
    row = tx.one(FIND, {"intent_id": intent_id})
    if row is None:
        return None
    return ScenarioRun(**{name: from_json(row[name]) if name in _JSON else row[name] for name in _COLUMNS})


def save(tx: Tx, run: ScenarioRun) -> None:
    """Write back what can change."""
    tx.run(UPDATE, {"id": run.intent_id} | {f"new_{name}": _to_column(run, name) for name in _CHANGING})


def _to_column(run: ScenarioRun, name: str) -> Any:
    value = getattr(run, name)
    return to_json(value) if name in _JSON else value
