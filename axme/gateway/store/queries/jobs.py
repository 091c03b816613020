"""Work that is due later: rows written in the transaction of their cause."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from axme.gateway.lifecycle.timers import Timer
from axme.gateway.store import topics
from axme.gateway.store.columns import to_json
from axme.gateway.store.tables import jobs
from axme.gateway.store.tx import Row, Tx

_j = jobs.c
INSERT = insert(jobs)
NEXT_DUE = select(func.min(_j.due_at).label("due_at")).where(_j.held == 0)
#: Another node's row is passed by: its lock is the lease, and it ends with the transaction or with the node.
CLAIM = (
    select(jobs)
    .where(_j.held == 0, _j.due_at <= bindparam("now"))
    .order_by(_j.due_at, _j.job_id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
DELETE = delete(jobs).where(_j.job_id == bindparam("job_id"))
DELETE_OF_INTENT = delete(jobs).where(_j.intent_id == bindparam("intent_id"))
DELETE_KIND_OF_INTENT = delete(jobs).where(_j.intent_id == bindparam("intent_id"), _j.kind == bindparam("kind"))
HOLD = update(jobs).where(_j.intent_id == bindparam("id")).values(held=1)
RELEASE = (
    update(jobs)
    .where(_j.intent_id == bindparam("id"), _j.held == 1)
    .values(held=0, due_at=_j.due_at + bindparam("paused_for"))
)
EARLIEST_OF_INTENT = select(func.min(_j.due_at).label("due_at")).where(_j.intent_id == bindparam("intent_id"))
OF_KIND = select(_j.job_id).where(_j.kind == bindparam("kind"))


def add_timers(tx: Tx, intent_id: str, timers: Sequence[Timer], *, held: bool = False) -> None:
    """Arm ``timers``; while the intent is paused they are held from the start."""
    for timer in timers:
        add(tx, timer.kind, timer.due_at, intent_id=intent_id, details=timer.details, held=held)


def add(
    tx: Tx, kind: str, due_at: int, *, intent_id: str | None = None, details: dict[str, Any], held: bool = False
) -> None:
    """Add one job and wake the engines."""
    row: Row = {
        "job_id": uuid.uuid4().hex,
        "kind": kind,
        "intent_id": intent_id,
        "due_at": due_at,
        "held": int(held),
        "details": to_json(details),
    }
    tx.run(INSERT, row)
    if not held:
        tx.publish(topics.JOBS, due_at, None)
