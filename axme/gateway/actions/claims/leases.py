"""What becomes of claims by itself: a lease runs out, a pause between attempts ends, a child intent has ended."""

from __future__ import annotations

from typing import Any

from axme.contract.statuses import IntentStatus
from axme.gateway.actions.claims.attempts import tried
from axme.gateway.actions.intents.change import store_change
from axme.gateway.actions.mailboxes import put_up
from axme.gateway.lifecycle import claims as rules
from axme.gateway.lifecycle import suspending
from axme.gateway.lifecycle.ending import end
from axme.gateway.lifecycle.retries import Retry
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.lifecycle.transitions import SYSTEM
from axme.gateway.store.queries import claims, intents, jobs
from axme.gateway.store.tx import Row, Tx

#: An intent that somebody is just changing is looked at again after this.
_SOON = SECOND // 2
_NOBODY_WAITS = "the intent that waited for this one has ended"
_NO_WORKER = {"code": "lease_expired", "message": "no worker finished it: each lost its lease, as when it crashes"}


def plan(tx: Tx, mailbox: str, worker_id: str, until: int) -> None:
    """Have the leases of a worker looked at when the first of them may have run out.

    One job stands for all claims of a worker. Renewing does not touch it: it finds the lease longer and plans itself
    anew.
    """
    jobs.add_about_by(tx, claims.LEASE, f"{mailbox} {worker_id}", until)


def look_at_leases(tx: Tx, subject: str) -> None:
    """Take back what a worker has let its lease run out for."""
    mailbox, _, worker_id = subject.partition(" ")
    worker = {"mailbox": mailbox, "worker_id": worker_id}
    for row in tx.run(claims.EXPIRED, worker | {"now": tx.now}):
        _expire(tx, row)
    following = (tx.one(claims.NEXT_END, worker) or {}).get("lease_until")
    if following is not None:
        plan(tx, mailbox, worker_id, following if following > tx.now else tx.now + _SOON)


def redeliver(tx: Tx, intent_id: str) -> None:
    """Deliver an intent whose pause between two attempts is over."""
    intent = intents.load_for_update(tx, intent_id)
    if intent is not None and rules.is_free(intent) and intent.available_at <= tx.now:
        put_up(tx, intent)


def tell_parent(tx: Tx, intent_id: str) -> None:
    """Bring back the intent that was suspended until this one has ended."""
    child = intents.load(tx, intent_id)
    if child is None or child.parent_intent_id is None:
        return
    parent = intents.load_for_update(tx, child.parent_intent_id)
    if parent is None or parent.status is not IntentStatus.WAITING or parent.suspended is None:
        return
    if parent.suspended.get("intent_id") != intent_id:
        return
    outcome = {"result": child.result, "error": child.error, "reason": child.reason}
    told: dict[str, Any] = {"by": "agent", "intent_id": intent_id, "status": child.status.value}
    told |= {name: value for name, value in outcome.items() if value is not None}
    details = {"intent_id": intent_id, "status": child.status.value}
    suspending.go_on(parent, told, at=tx.now, actor=SYSTEM, details=details)
    store_change(tx, parent)


def call_off(tx: Tx, intent_id: str) -> None:
    """Cancel an intent that nobody waits for any more: the one that was suspended for it has ended."""
    child = intents.load_for_update(tx, intent_id)
    if child is not None and not child.is_terminal:
        end(child, IntentStatus.CANCELED, at=tx.now, actor=SYSTEM, reason=_NOBODY_WAITS)
        store_change(tx, child)


def _expire(tx: Tx, row: Row) -> None:
    intent = intents.load_if_free(tx, row["intent_id"])
    if intent is None or intent.claim_id != row["claim_id"]:
        return
    sought = {"intent_id": row["intent_id"], "claim_id": row["claim_id"], "now": tx.now}
    if tx.one(claims.EXPIRE, sought) is None:
        return
    told = {"reason": rules.LEASE_EXPIRED, "worker_id": row["worker_id"]}
    # It has waited for the whole lease already.
    if not rules.attempt_failed(intent, Retry(after_seconds=0), at=tx.now, actor=SYSTEM, told=told):
        rules.give_up(intent, _NO_WORKER, tried(tx, intent), at=tx.now)
    store_change(tx, intent)
