"""Asking policies once more when an intent is handed out: they may have changed since it was sent."""

from __future__ import annotations

from axme.contract.codes import POLICY_DENIED
from axme.contract.sender_policies import Mode
from axme.gateway.actions.admission import refusal_now
from axme.gateway.actions.claims.attempts import tried
from axme.gateway.actions.intents.change import store_change
from axme.gateway.actions.mailboxes import put_up
from axme.gateway.lifecycle import claims as rules
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.retries import Retry
from axme.gateway.lifecycle.transitions import SYSTEM
from axme.gateway.policy.cross_org import OPEN
from axme.gateway.store.queries import cross_org
from axme.gateway.store.tx import Tx

_PAUSE_SECONDS = 60


def admitted(tx: Tx, owner: str, free: list[IntentRecord]) -> list[IntentRecord]:
    """Those that may still reach ``owner``; the others have failed an attempt, and are looked at again later."""
    if not free:
        return free
    send = cross_org.find(tx, cross_org.SEND, owner, OPEN)
    if send.mode is Mode.OPEN and not any(intent.crosses for intent in free):
        return free
    return [intent for intent in free if _passes(tx, intent, owner)]


def _passes(tx: Tx, intent: IntentRecord, owner: str) -> bool:
    reason = refusal_now(tx, intent, owner)
    if reason is None:
        return True
    told = {"reason": POLICY_DENIED.code, "message": reason.value}
    if rules.attempt_failed(intent, Retry(after_seconds=_PAUSE_SECONDS), at=tx.now, actor=SYSTEM, told=told):
        put_up(tx, intent)
    else:
        message = f"{owner} takes nothing from {intent.from_agent} any more: {reason.value}"
        rules.give_up(intent, {"code": POLICY_DENIED.code, "message": message}, tried(tx, intent), at=tx.now)
    store_change(tx, intent)
    return False
