"""Deciding approvals (contract 3.5). An approval is a human task, named by its intent or by its thread (D-11)."""

from __future__ import annotations

from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import NOT_FOUND
from axme.contract.human_tasks import NO, YES
from axme.gateway.actions import audit, decisions
from axme.gateway.actions.inbox.read import in_workspace
from axme.gateway.actions.intents.access import find_to_change, sees
from axme.gateway.actions.intents.change import store_change
from axme.gateway.actions.threads import require_asking
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy.intents import RESUME
from axme.gateway.store.queries import intents, threads
from axme.gateway.store.tx import Tx

_OUTCOMES = {"approve": YES, "reject": NO}


def decide(tx: Tx, who: Identity, approval_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Approve or reject. ``POST /v1/approvals/{approval_id}/decision``

    Args:
        tx: the transaction.
        who: the caller.
        approval_id: the id of the intent or of its thread.
        body: as :class:`~axme.contract.schemas.approvals.ApprovalDecision` loads it.

    Raises:
        GatewayError: 404; 409 ``already_decided`` naming who decided when; 422, the task asks for more than this.
    """
    intent = find_to_change(tx, who, _intent_id(tx, who, approval_id), RESUME, owner=None)
    told = decisions.say(tx, who, intent, _OUTCOMES[body["decision"]], body, actor=who.address)
    store_change(tx, intent)
    audit.record(tx, who, "approval.decide", intent.intent_id, details={"decision": body["decision"]} | told)
    return {
        "ok": True,
        "approval": {
            "approval_id": approval_id,
            "decision": body["decision"],
            "comment": body.get("comment"),
            "decided_at": to_text(tx.now),
        },
    }


def _intent_id(tx: Tx, who: Identity, approval_id: str) -> str:
    thread = tx.one(threads.BY_ID, {"thread_id": approval_id})
    if thread is not None and in_workspace(who, thread):
        require_asking(thread)
        return str(thread["intent_id"])
    intent = intents.load(tx, approval_id)
    if intent is None or intent.human_task is None or not sees(who, intent):
        raise GatewayError(
            NOT_FOUND, f"there is no approval {approval_id[:64]}: it is the id of an intent or its thread"
        )
    return approval_id
