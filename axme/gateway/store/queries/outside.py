"""Jobs that reach outside the gateway: they have a lane of their own, because the other side may take its time."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, select, text, update

from axme.gateway.store import topics
from axme.gateway.store.columns import to_json
from axme.gateway.store.tables import jobs
from axme.gateway.store.tx import Tx

#: What ``jobs.held`` holds in this lane; the engine takes jobs with 0.
LANE = 2
TOPIC = f"{topics.JOBS}:outside"
_j = jobs.c

NEXT_DUE = select(func.min(_j.due_at).label("due_at")).where(_j.held == LANE)
#: A row that another node is just taking is passed by.
CLAIM = (
    select(jobs)
    .where(_j.held == LANE, _j.due_at <= bindparam("now"))
    .order_by(_j.due_at, _j.job_id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
#: Who takes a job has until then; afterwards it is due again for anybody.
LEASE = update(jobs).where(_j.job_id == bindparam("id")).values(due_at=bindparam("until"))
#: Whose lease has run out, or whose job was called off, finds nothing to end.
END = delete(jobs).where(_j.job_id == bindparam("job_id"), _j.due_at == bindparam("until")).returning(_j.job_id)
CALL_OFF = delete(jobs).where(_j.job_id == bindparam("job_id"))
_INSERT = text(
    "INSERT INTO jobs (job_id, kind, due_at, held, details) VALUES (:job_id, :kind, :due_at, :held, :details)"
)


def add(tx: Tx, kind: str, subject: str, due_at: int) -> None:
    """Plan the one job of ``kind`` about ``subject``, an id."""
    row = {
        "job_id": job_id(kind, subject),
        "kind": kind,
        "due_at": due_at,
        "held": LANE,
        "details": to_json({"subject": subject}),
    }
    tx.run(_INSERT, row)
    tx.publish(TOPIC, due_at, None)


def job_id(kind: str, subject: str) -> str:
    """The id of that job."""
    return f"{kind}:{subject}"
