"""Jobs that reach outside the gateway: they have a lane of their own, because the other side may take its time."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, func, null, select, text, update

from axme.gateway.store import topics
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries.nodes import ALIVE
from axme.gateway.store.tables import jobs
from axme.gateway.store.tx import Row, Tx

#: What ``jobs.held`` holds in this lane; the engine takes jobs with 0.
LANE = 2
TOPIC = f"{topics.JOBS}:outside"
_j = jobs.c

#: Who takes a job has until then; afterwards it is due again for anybody.
LEASE = (
    update(jobs).where(_j.job_id == bindparam("id")).values(due_at=bindparam("until"), taken_by=bindparam("taken_by"))
)
#: The new time is also what fences off whoever had it: what they settle is due at another.
_TAKE_BACK = update(jobs).where(_j.taken_by.is_not(None)).values(due_at=bindparam("now"), taken_by=null())
_TAKE_BACK_OF_DEAD = _TAKE_BACK.where(_j.taken_by.not_in(text(f"({ALIVE})")))
#: Whose lease has run out, or whose job was called off, finds nothing to end.
END = delete(jobs).where(_j.job_id == bindparam("job_id"), _j.due_at == bindparam("until")).returning(_j.job_id)
PUT_OFF = (
    update(jobs)
    .where(_j.job_id == bindparam("id"), _j.held == LANE, _j.due_at == bindparam("due_before"))
    .values(
        due_at=bindparam("new_due_at"),
        attempts=bindparam("new_attempts"),
        last_error=bindparam("error"),
        taken_by=null(),
    )
)
CALL_OFF = delete(jobs).where(_j.job_id == bindparam("job_id"))
_INSERT = text(
    "INSERT INTO jobs (job_id, kind, due_at, held, details, target)"
    " VALUES (:job_id, :kind, :due_at, :held, :details, :target)"
)


class Open(NamedTuple):
    """Which targets may be sent to now."""

    #: Those that get nothing more for now.
    full: frozenset[str] = frozenset()
    #: Those that alone may be sent to; ``None``: any.
    only: frozenset[str] | None = None


ALL = Open()


def next_due(tx: Tx, targets: Open = ALL) -> int | None:
    """When the first job is due that goes to an open target."""
    found: int | None = tx.query(select(func.min(_j.due_at).label("due_at")).where(*_to(targets)))[0]["due_at"]
    return found


def claim(tx: Tx, targets: Open = ALL) -> Row | None:
    """The job to an open target that has been due longest; a row that another node is just taking is passed by."""
    found = (
        select(jobs)
        .where(*_to(targets), _j.due_at <= tx.now)
        .order_by(_j.due_at, _j.job_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return next(iter(tx.query(found)), None)


def take_back(tx: Tx) -> None:
    """Make due at once what nodes have taken that live no longer; without other nodes, that is all there is."""
    tx.run(_TAKE_BACK if tx.has_one_writer else _TAKE_BACK_OF_DEAD, {"now": tx.now})
    tx.publish(TOPIC, tx.now, None)


def add(tx: Tx, kind: str, subject: str, due_at: int, target: str) -> None:
    """Plan the one job of ``kind`` about ``subject``, an id.

    Args:
        target: whom it goes to, such as ``example.com:443``; those that go to the same one share its places.
    """
    row = {
        "job_id": job_id(kind, subject),
        "kind": kind,
        "due_at": due_at,
        "held": LANE,
        "details": to_json({"subject": subject}),
        "target": target,
    }
    tx.run(_INSERT, row)
    tx.publish(TOPIC, due_at, None)


def _to(targets: Open) -> list[ColumnElement[bool]]:
    wanted = [_j.held == LANE]
    if targets.full:
        wanted.append(_j.target.not_in(sorted(targets.full)))
    if targets.only is not None:
        wanted.append(_j.target.in_(sorted(targets.only)))
    return wanted


def job_id(kind: str, subject: str) -> str:
    """The id of that job."""
    return f"{kind}:{subject}"
