"""Work that reaches outside: a transaction before it, the work itself in none, a transaction after it.

Who takes a job has it for the time of a lease, and no longer than the node lives. One that dies in between leaves the
job to be taken again, so what is sent arrives at least once; receivers tell a repeat by its ``Idempotency-Key``, or a
mail by its ``Message-ID``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from axme.gateway.actions import dispatch, mails, owner_mails, pushes, webhooks
from axme.gateway.lifecycle.attempts import ERROR_CHARS, back_off
from axme.gateway.lifecycle.mailing import Mail
from axme.gateway.lifecycle.pushing import Outcome, Push
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.store.columns import from_json
from axme.gateway.store.queries import mails as mail_queries
from axme.gateway.store.queries import outside
from axme.gateway.store.queries import owner_mails as owner_mail_queries
from axme.gateway.store.queries.outside import ALL, Open
from axme.gateway.store.queries.pushes import KIND as PUSH
from axme.gateway.store.queries.webhooks import KIND
from axme.gateway.store.tx import Row, Tx

#: Longer than a push may take with both transactions around it.
LEASE = 60 * SECOND


class Kind(NamedTuple):
    """How work of one kind begins and ends; both are given the id it is about."""

    #: What to send, or when to ask again (microseconds), or ``None`` when there is nothing to be done any more.
    prepare: Callable[[Tx, str], Push | Mail | int | None]
    #: Takes down how it went, and says when to try again (microseconds), or ``None``.
    settle: Callable[[Tx, str, Outcome], int | None]


KINDS = {
    dispatch.KIND: Kind(dispatch.prepare, dispatch.settle),
    KIND: Kind(webhooks.prepare, webhooks.settle),
    PUSH: Kind(pushes.prepare, pushes.settle),
    mail_queries.KIND: Kind(mails.prepare, mails.settle),
    owner_mail_queries.KIND: Kind(owner_mails.prepare, owner_mails.settle),
}


class Errand(NamedTuple):
    """A job that was taken."""

    kind: str
    subject: str
    target: str
    until: int
    #: How often we failed at it ourselves.
    failures: int
    #: A POST or a mail; neither: it was done without leaving the house.
    push: Push | None = None
    mail: Mail | None = None


def microseconds_to_next(tx: Tx, targets: Open = ALL) -> int | None:
    """How long there is nothing to do for open targets; ``None`` when nothing at all is planned."""
    due_at = outside.next_due(tx, targets)
    return None if due_at is None else max(0, due_at - tx.now)


class Turn:
    """One try to take a job; remembers which one that was, for when it cannot even be prepared."""

    def __init__(self, targets: Open = ALL, run_id: str | None = None) -> None:
        self._targets = targets
        self._run_id = run_id
        self.job: Row | None = None

    def take(self, tx: Tx) -> Errand | None:
        """Take the job that has been due longest; ``None`` when none is due, or another node is just taking it."""
        self.job = outside.claim(tx, self._targets)
        return None if self.job is None else _prepare(tx, self.job, self._run_id)


def take(tx: Tx, targets: Open = ALL) -> Errand | None:
    """:meth:`Turn.take`, by one who lets failures pass."""
    return Turn(targets).take(tx)


def put_off(tx: Tx, job_id: str, due_at: int, failures: int, error: Exception) -> None:
    """Have a job at which we failed ourselves wait longer each time; others go on meanwhile.

    Args:
        tx: a transaction of its own: that of the failure is rolled back.
        job_id: the job.
        due_at: when it was due as we had it; if that has changed, it is another's matter by now.
        failures: how often it had failed before.
        error: what came up.
    """
    said = f"{type(error).__name__}: {error}"[:ERROR_CHARS]
    again = tx.now + back_off(failures + 1)
    values = {"new_due_at": again, "new_attempts": failures + 1, "error": said}
    tx.run(outside.PUT_OFF, {"id": job_id, "due_before": due_at} | values)
    tx.publish(outside.TOPIC, again, None)


def _prepare(tx: Tx, job: Row, run_id: str | None) -> Errand:
    kind, subject = job["kind"], from_json(job["details"])["subject"]
    sent = KINDS[kind].prepare(tx, subject)
    until = sent if isinstance(sent, int) else tx.now + LEASE
    if sent is None:
        tx.run(outside.CALL_OFF, {"job_id": job["job_id"]})
    else:
        taken_by = None if isinstance(sent, int) else run_id
        tx.run(outside.LEASE, {"id": job["job_id"], "until": until, "taken_by": taken_by})
    return Errand(
        kind,
        subject,
        job["target"],
        until,
        job["attempts"],
        push=sent if isinstance(sent, Push) else None,
        mail=sent if isinstance(sent, Mail) else None,
    )


def settle(tx: Tx, errand: Errand, outcome: Outcome) -> None:
    """Take down how an errand went, unless it was called off or has become another's."""
    if tx.one(outside.END, {"job_id": id_of(errand), "until": errand.until}) is None:
        return
    again = KINDS[errand.kind].settle(tx, errand.subject, outcome)
    if again is not None:
        outside.add(tx, errand.kind, errand.subject, again, errand.target)


def id_of(errand: Errand) -> str:
    """The id of the job of an errand."""
    return outside.job_id(errand.kind, errand.subject)
