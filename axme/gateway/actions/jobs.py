"""Doing what is due: one job, one transaction."""

from __future__ import annotations

from axme.contract.limits import IDEMPOTENCY_HOURS
from axme.gateway.actions.intents.change import store_change
from axme.gateway.lifecycle.timers import SECOND, Timer, TimerKind, fire
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import idempotency, intents, jobs
from axme.gateway.store.tx import Row, Tx

_HOUR = 3600 * SECOND
_PRUNE = "prune_idempotency_keys"


def ensure_pruning(tx: Tx) -> None:
    """See to it that old idempotency keys are pruned every hour, once for all nodes."""
    jobs.add_once(tx, _PRUNE, tx.now + _HOUR)


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
    done = _prune(tx) if job["kind"] == _PRUNE else _fire(tx, job)
    if done:
        tx.run(jobs.DELETE, {"job_id": job["job_id"]})
        if job["kind"] == _PRUNE:
            ensure_pruning(tx)
    return done


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


def _prune(tx: Tx) -> bool:
    tx.run(idempotency.PRUNE, {"before": tx.now - IDEMPOTENCY_HOURS * _HOUR})
    return True
