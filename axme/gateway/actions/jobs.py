"""Doing what is due: one job, one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from axme.contract.limits import IDEMPOTENCY_HOURS
from axme.contract.metering import DAY
from axme.gateway.actions import mesh, scenarios, usage
from axme.gateway.actions.intents.change import store_change
from axme.gateway.lifecycle.timers import SECOND, Timer, TimerKind, fire
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import idempotency, intents, jobs
from axme.gateway.store.queries.scenarios import KIND
from axme.gateway.store.tx import Row, Tx

_HOUR = 3600 * SECOND
#: Counts of transactions that began before midnight are in by then.
_AFTER_MIDNIGHT = 300 * SECOND


class _Regular(NamedTuple):
    """Work of the gateway's own that comes again and again."""

    run: Callable[[Tx], None]
    #: The time of the next run, given the present.
    next_at: Callable[[int], int]


def ensure_regular_work(tx: Tx) -> None:
    """See to it that everything that comes again and again is planned, once for all nodes."""
    for kind, work in _REGULAR.items():
        jobs.add_once(tx, kind, work.next_at(tx.now))


def microseconds_to_next(tx: Tx) -> int | None:
    """How long there is nothing to do, by the database's clock; ``None`` when nothing at all is planned."""
    return _until(tx, tx.one(jobs.NEXT_DUE))


def microseconds_to_next_timer(tx: Tx) -> int | None:
    """The same, for the timers of intents alone."""
    return _until(tx, tx.one(jobs.NEXT_TIMER))


def do_next(tx: Tx) -> bool:
    """Do the job that has been due longest; ``False`` when none is due, or another node is at it."""
    job = tx.one(jobs.CLAIM, {"now": tx.now})
    if job is None:
        return False
    if (about := _ABOUT.get(job["kind"])) is not None:
        # Deleted first: it may plan the next one of its kind.
        tx.run(jobs.DELETE, {"job_id": job["job_id"]})
        about(tx, from_json(job["details"])["subject"])
        return True
    if (work := _REGULAR.get(job["kind"])) is not None:
        work.run(tx)
    elif not _fire(tx, job):
        return False
    tx.run(jobs.DELETE, {"job_id": job["job_id"]})
    if work is not None:
        jobs.add_once(tx, job["kind"], work.next_at(tx.now))
    return True


def _until(tx: Tx, next_due: Row | None) -> int | None:
    due_at = (next_due or {}).get("due_at")
    return None if due_at is None else max(0, due_at - tx.now)


def _fire(tx: Tx, job: Row) -> bool:
    # Whoever changes an intent locks it first and its jobs afterwards; we come the other way round and must not wait.
    intent = intents.load_if_free(tx, job["intent_id"])
    if intent is None:
        return False
    timer = Timer(TimerKind(job["kind"]), job["due_at"], from_json(job["details"]))
    following = fire(intent, timer, at=tx.now)
    if intent.new_events:
        store_change(tx, intent)
    jobs.add_timers(tx, intent.intent_id, following)
    return True


def _prune(tx: Tx) -> None:
    tx.run(idempotency.PRUNE, {"before": tx.now - IDEMPOTENCY_HOURS * _HOUR})


#: Work about one thing, named by its id.
_ABOUT: dict[str, Callable[[Tx, str], None]] = {mesh.WATCH: mesh.watch, KIND: scenarios.advance}
_REGULAR = {
    "prune_idempotency_keys": _Regular(_prune, lambda now: now + _HOUR),
    "roll_up_usage": _Regular(usage.close_all, lambda now: (now // DAY + 1) * DAY + _AFTER_MIDNIGHT),
}
