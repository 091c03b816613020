"""Doing what is due: one job, one transaction. A job that fails is put off, so that it never stands before others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from axme.contract.codes import OUTCOME_UNKNOWN, UNAVAILABLE
from axme.contract.limits import HISTORY_DAYS, IDEMPOTENCY_HOURS
from axme.contract.metering import DAY
from axme.contract.statuses import EventType
from axme.gateway.actions import audit, claims, mesh, scenarios, threads, usage
from axme.gateway.actions.intents.change import store_change
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.attempts import ERROR_CHARS, MOST_ATTEMPTS, back_off
from axme.gateway.lifecycle.timers import SECOND, Timer, TimerKind, fire
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import claims as queries
from axme.gateway.store.queries import history, idempotency, intents, jobs
from axme.gateway.store.queries.scenarios import KIND
from axme.gateway.store.tx import Row, Tx

_log = logging.getLogger("axme.gateway")
_HOUR = 3600 * SECOND
#: Counts of transactions that began before midnight are in by then.
_AFTER_MIDNIGHT = 300 * SECOND
_PRUNED_AT_ONCE = 500
#: There was more to prune than is done at once.
_MORE_HISTORY = "more_history"


class Due(NamedTuple):
    """A moment, and how far off it is; both in microseconds."""

    at: int
    within: int


class _Regular(NamedTuple):
    """Work of the gateway's own that comes again and again."""

    run: Callable[[Tx], None]
    #: The time of the next run, given the present.
    next_at: Callable[[int], int]


class Turn:
    """One try at the job that has been due longest; remembers which one that was."""

    def __init__(self) -> None:
        self.job: Row | None = None

    def do(self, tx: Tx) -> bool:
        """Do the job; ``False`` when none is due, or another node is at it."""
        self.job = tx.one(jobs.CLAIM, {"now": tx.now})
        return self.job is not None and _do(tx, self.job)


def begin(tx: Tx) -> None:
    """Plan everything that comes again and again, once for all nodes, and give parked jobs another chance."""
    tx.run(jobs.UNPARK)
    for kind, work in _REGULAR.items():
        jobs.add_once(tx, kind, work.next_at(tx.now))


def next_due(tx: Tx) -> Due | None:
    """When there is something to do again, by the database's clock; ``None`` when nothing at all is planned."""
    return _due(tx, tx.one(jobs.NEXT_DUE))


def next_due_but_regular(tx: Tx) -> Due | None:
    """The same, without the gateway's own regular work."""
    return _due(tx, tx.one(_NEXT_BUT_REGULAR))


def put_off(tx: Tx, job: Row, error: Exception) -> None:
    """Have a job that failed wait longer each time, and park it in the end, for all to see.

    What is the database's own trouble is no fault of the job, and does not count.
    """
    counts = not (isinstance(error, GatewayError) and error.code in (UNAVAILABLE, OUTCOME_UNKNOWN))
    attempts = job["attempts"] + counts
    parks = attempts >= MOST_ATTEMPTS and job["kind"] not in _REGULAR
    said = f"{type(error).__name__}: {error}"[:ERROR_CHARS]
    values = {
        "id": job["job_id"],
        "attempts_before": job["attempts"],
        "new_due_at": tx.now + back_off(max(attempts, 1)),
        "new_held": jobs.PARKED if parks else 0,
        "new_attempts": attempts,
        "error": said,
    }
    tx.run(jobs.PUT_OFF, values)
    _log.error("job %s (%s) failed, attempt %d: %s", job["job_id"], job["kind"], attempts, said, exc_info=error)
    if parks:
        _log.error("job %s is parked: it is tried again when a gateway starts", job["job_id"])
        _note_parked(tx, job, attempts, said)


def _note_parked(tx: Tx, job: Row, attempts: int, said: str) -> None:
    subject = job["intent_id"] or from_json(job["details"]).get("subject", "")
    intent = intents.load(tx, subject)
    if intent is not None:
        details = {"job_id": job["job_id"], "kind": job["kind"], "attempts": attempts, "error": said}
        audit.record_own(tx, intent.org_id, intent.workspace_id, "job.park", subject, details=details)


def _do(tx: Tx, job: Row) -> bool:
    if job["kind"] == KIND:
        if not scenarios.advance(tx, from_json(job["details"])["subject"]):
            return False
        tx.run(jobs.DELETE, {"job_id": job["job_id"]})
        return True
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


def _due(tx: Tx, row: Row | None) -> Due | None:
    due_at = (row or {}).get("due_at")
    return None if due_at is None else Due(due_at, max(0, due_at - tx.now))


def _fire(tx: Tx, job: Row) -> bool:
    # Whoever changes an intent locks it first and its jobs afterwards; we come the other way round and must not wait.
    intent = intents.load_if_free(tx, job["intent_id"])
    if intent is None:
        return False
    timer = Timer(TimerKind(job["kind"]), job["due_at"], from_json(job["details"]))
    if timer.kind is TimerKind.STEP:
        return scenarios.fire(tx, intent, timer)
    following = fire(intent, timer, at=tx.now)
    if intent.new_events:
        store_change(tx, intent)
    if any(event.event_type is EventType.ESCALATED for event in intent.new_events):
        threads.escalate_request(tx, intent)
    jobs.add_timers(tx, intent.intent_id, following)
    return True


def _prune_history(tx: Tx, _subject: str = "") -> None:
    """Delete old history, a little in each transaction: others write meanwhile."""
    if history.prune(tx, tx.now - HISTORY_DAYS * DAY, _PRUNED_AT_ONCE):
        jobs.add_about(tx, _MORE_HISTORY, "all", tx.now)


def _prune(tx: Tx) -> None:
    tx.run(idempotency.PRUNE, {"before": tx.now - IDEMPOTENCY_HOURS * _HOUR})


#: Work about one thing, named by its id.
_ABOUT: dict[str, Callable[[Tx, str], None]] = {
    mesh.WATCH: mesh.watch,
    queries.LEASE: claims.look_at_leases,
    queries.REDELIVERY: claims.redeliver,
    queries.CHILD: claims.tell_parent,
    queries.ORPHAN: claims.call_off,
    _MORE_HISTORY: _prune_history,
}
_REGULAR = {
    "prune_idempotency_keys": _Regular(_prune, lambda now: now + _HOUR),
    "prune_history": _Regular(_prune_history, lambda now: now + _HOUR),
    "roll_up_usage": _Regular(usage.close_all, lambda now: (now // DAY + 1) * DAY + _AFTER_MIDNIGHT),
}
_NEXT_BUT_REGULAR = jobs.next_but(_REGULAR)
