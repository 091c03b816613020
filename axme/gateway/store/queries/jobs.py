"""Work that is due later: rows written in the transaction of their cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, text, update

from axme.gateway.lifecycle.timers import Timer, TimerKind
from axme.gateway.store import topics
from axme.gateway.store.columns import to_json
from axme.gateway.store.ids import new_uuid
from axme.gateway.store.tables import jobs
from axme.gateway.store.tx import Row, Tx

_j = jobs.c
#: What ``jobs.held`` holds of a job that has failed too often: nobody takes it.
PARKED = 3
_TOLD = ("job_id", "kind", "intent_id", "due_at", "held", "details")
INSERT = insert(jobs).values({name: bindparam(name) for name in _TOLD})
NEXT_DUE = select(func.min(_j.due_at).label("due_at")).where(_j.held == 0)
COUNT_HELD = select(func.count().label("count")).where(_j.held == bindparam("held")).select_from(jobs)
COUNT_DUE = select(func.count().label("count"), func.min(_j.due_at).label("oldest")).where(
    _j.held == bindparam("held"), _j.due_at <= bindparam("now")
)
_NEXT_REMINDER = NEXT_DUE.where(
    _j.intent_id == bindparam("intent_id"), _j.kind.in_([TimerKind.REMINDER.value, TimerKind.ASKED_REMINDER.value])
)
#: Another node's row is passed by: its lock is the lease, and it ends with the transaction or with the node.
CLAIM = (
    select(jobs)
    .where(_j.held == 0, _j.due_at <= bindparam("now"))
    .order_by(_j.due_at, _j.job_id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
#: Whoever has done the job in between, or failed at it too, has the word.
PUT_OFF = (
    update(jobs)
    .where(_j.job_id == bindparam("id"), _j.held == 0, _j.attempts == bindparam("attempts_before"))
    .values(
        due_at=bindparam("new_due_at"),
        held=bindparam("new_held"),
        attempts=bindparam("new_attempts"),
        last_error=bindparam("error"),
    )
)
UNPARK = update(jobs).where(_j.held == PARKED).values(held=0, attempts=0)
DELETE = delete(jobs).where(_j.job_id == bindparam("job_id"))
DELETE_OF_INTENT = delete(jobs).where(_j.intent_id == bindparam("intent_id"))
DELETE_KIND_OF_INTENT = delete(jobs).where(_j.intent_id == bindparam("intent_id"), _j.kind == bindparam("kind"))
OF_INTENT = select(jobs).where(_j.intent_id == bindparam("intent_id"))
HOLD = update(jobs).where(_j.intent_id == bindparam("id"), _j.held == 0).values(held=1)
KIND_OF_INTENT = select(jobs).where(_j.intent_id == bindparam("intent_id"), _j.kind == bindparam("kind"))
RELEASE = (
    update(jobs)
    .where(_j.intent_id == bindparam("id"), _j.held == 1)
    .values(held=0, due_at=_j.due_at + bindparam("paused_for"))
)
INSERT_ONCE = text(
    "INSERT INTO jobs (job_id, kind, due_at, held, details) VALUES (:kind, :kind, :due_at, 0, '{}')"
    " ON CONFLICT DO NOTHING"
)

#: A new cause is a new chance for a job that was parked.
INSERT_ABOUT = text(
    "INSERT INTO jobs (job_id, kind, due_at, held, details) VALUES (:job_id, :kind, :due_at, 0, :details)"
    " ON CONFLICT (job_id) DO UPDATE SET due_at = excluded.due_at, held = 0, attempts = 0"
    " WHERE jobs.held = :parked"
)
INSERT_ABOUT_BY = text(
    "INSERT INTO jobs (job_id, kind, due_at, held, details) VALUES (:job_id, :kind, :due_at, 0, :details)"
    " ON CONFLICT (job_id) DO UPDATE SET due_at = excluded.due_at, held = 0, attempts = 0"
    " WHERE jobs.held = :parked OR jobs.due_at > excluded.due_at"
)


def next_but(kinds: Iterable[str]) -> Select[Any]:
    """When something is due that is of none of ``kinds``."""
    return select(_j.due_at).where(_j.held == 0, _j.kind.not_in(sorted(kinds))).order_by(_j.due_at).limit(1)


def next_reminder(tx: Tx, intent_id: str) -> int | None:
    """When the next reminder of an intent is due, if any is."""
    found: int | None = tx.run(_NEXT_REMINDER, {"intent_id": intent_id})[0]["due_at"]
    return found


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


def add_look(tx: Tx, kind: str, subject: str, due_at: int | None = None) -> None:
    """Plan to look at ``subject``, at once or at ``due_at``, however many looks are planned: nobody waits for
    another's row."""
    row: Row = {
        "job_id": new_uuid(tx.now),
        "kind": kind,
        "intent_id": None,
        "due_at": tx.now if due_at is None else due_at,
        "held": 0,
        "details": to_json({"subject": subject}),
    }
    tx.run(INSERT, row)
    tx.publish(topics.JOBS, row["due_at"], None)


def add_about(tx: Tx, kind: str, subject: str, due_at: int) -> None:
    """Plan a job of ``kind`` about ``subject``, an id, unless there is one already."""
    row = {"job_id": f"{kind}:{subject}", "kind": kind, "due_at": due_at, "details": to_json({"subject": subject})}
    tx.run(INSERT_ABOUT, row | {"parked": PARKED})
    tx.publish(topics.JOBS, due_at, None)


def add_about_by(tx: Tx, kind: str, subject: str, due_at: int) -> None:
    """:func:`add_about`, and where there is one already it is due at ``due_at`` at the latest."""
    row = {"job_id": f"{kind}:{subject}", "kind": kind, "due_at": due_at, "details": to_json({"subject": subject})}
    tx.run(INSERT_ABOUT_BY, row | {"parked": PARKED})
    tx.publish(topics.JOBS, due_at, None)
