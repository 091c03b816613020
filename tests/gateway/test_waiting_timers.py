"""Timers that wait cost nothing but their rows: what is due is read from the start of one index."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from axme.gateway.actions import jobs as actions
from axme.gateway.store.queries import jobs
from axme.gateway.store.tx import Statements, Tx
from tests.gateway.rig import Rig
from tests.gateway.test_engine import due

WAITING = 20_000


@pytest.fixture
def crowd(rig: Rig) -> Rig:
    """Many timers, all due at the same moment, long from now."""
    intent_id = rig.create()
    row = {"kind": "deadline", "intent_id": intent_id, "due_at": 2**52, "held": 0, "details": "{}"}
    rows = [row | {"job_id": f"waiting-{number:06}"} for number in range(WAITING)]
    rig.store.write_sync(lambda tx: tx.run_many(jobs.INSERT, rows))
    rig.store.write_sync(lambda tx: tx.query(text("ANALYZE jobs")))
    return rig


def plan(tx: Tx, statement: Any, **params: Any) -> str:
    """How the database goes about a statement."""
    if tx.has_one_writer:
        sql, arguments = tx._statements.unprepared(statement, params)
        tx._cursor.execute(f"EXPLAIN QUERY PLAN {sql}", arguments)
    else:
        prepared = Statements(tx._statements._dialect)[statement]
        tx._cursor.execute(f"EXPLAIN {prepared.sql}", prepared.arguments(params))
    return "\n".join(str(row) for row in tx._cursor.fetchall())


@pytest.mark.parametrize("statement", [jobs.CLAIM, jobs.NEXT_DUE, actions._NEXT_BUT_REGULAR])
def test_the_start_of_the_index_is_read_and_nothing_sorted(crowd: Rig, statement: Any) -> None:
    params = {"now": crowd.clock.now().timestamp() * 10**6} if statement is jobs.CLAIM else {}
    told = crowd.store.read_sync(lambda tx: plan(tx, statement, **params))
    assert "ix_jobs_due" in told, told
    assert not [slow for slow in ("Sort", "TEMP B-TREE", "Seq Scan") if slow in told], told


def test_one_that_is_due_is_found_among_all_that_wait(crowd: Rig) -> None:
    intent_id = crowd.create(deadline_at=due(crowd, seconds=1))
    assert crowd.advance(seconds=1) == 1
    assert crowd.intent(intent_id)["status"] == "TIMED_OUT"
    assert crowd.advance(days=30) == 0
