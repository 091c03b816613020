"""Work that is due later: rows written in the transaction of their cause."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, insert, select, text, update

from axme.gateway.lifecycle.timers import Timer
from axme.gateway.store import topics
from axme.gateway.store.columns import to_json
from axme.gateway.store.ids import new_uuid
from axme.gateway.store.tables import jobs
from axme.gateway.store.tx import Row, Tx

_j = jobs.c
INSERT = insert(jobs).values(
    {name: bindparam(name) for name in ("job_id", "kind", "intent_id", "due_at", "held", "details")}
)
NEXT_DUE = select(func.min(_j.due_at).label("due_at")).where(_j.held == 0)
NEXT_TIMER = NEXT_DUE.where(_j.intent_id.is_not(None))
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
INSERT_ONCE = text(
    "INSERT INTO jobs (job_id, kind, due_at, held, details) VALUES (:kind, :kind, :due_at, 0, '{}')"
    " ON CONFLICT DO NOTHING"
)

INSERT_ABOUT = text(
    "INSERT INTO jobs (job_id, kind, due_at, held, details) VALUES (:job_id, :kind, :due_at, 0, :details)"
    " ON CONFLICT DO NOTHING"
)


def add_timers(tx: Tx, intent_id: str, timers: Sequence[Timer], *, held: bool = False) -> None:
    """Arm ``timers``; while the intent is paused they are held from the start."""
    for timer in timers:
        row: Row = {
            "job_id": new_uuid(tx.now),
            "kind": timer.kind.value,
            "intent_id": intent_id,
            "due_at": timer.due_at,
            "held": int(held),
            "details": to_json(timer.details),
        }
        tx.run(INSERT, row)
        if not held:
            tx.publish(topics.JOBS, timer.due_at, None)


def add_once(tx: Tx, kind: str, due_at: int) -> None:
    """Plan a job of the gateway's own, unless one of its kind is planned already."""
    tx.run(INSERT_ONCE, {"kind": kind, "due_at": due_at})
    tx.publish(topics.JOBS, due_at, None)


def add_about(tx: Tx, kind: str, subject: str, due_at: int) -> None:
    """Plan a job of ``kind`` about ``subject``, an id, unless there is one already."""
    row = {"job_id": f"{kind}:{subject}", "kind": kind, "due_at": due_at, "details": to_json({"subject": subject})}
    tx.run(INSERT_ABOUT, row)
    tx.publish(topics.JOBS, due_at, None)
