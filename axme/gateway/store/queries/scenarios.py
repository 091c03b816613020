"""Scenarios under way."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, update

from axme.gateway.store.tables import scenario_runs

#: The job that takes a scenario on.
KIND = "scenario"
_r = scenario_runs.c

INSERT = insert(scenario_runs)
FIND = select(scenario_runs).where(_r.intent_id == bindparam("intent_id"))
UPDATE = (
    update(scenario_runs)
    .where(_r.intent_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in ("step_id", "attempt", "step_intent_id", "results")})
)
