"""Ending intents from outside."""

from __future__ import annotations

from typing import Any

from axme.contract.statuses import IntentStatus
from axme.gateway.actions import audit
from axme.gateway.actions.intents.access import find_to_change
from axme.gateway.actions.intents.change import last_event, store_change
from axme.gateway.actions.owners import acting
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle import wire
from axme.gateway.lifecycle.ending import check_resolution, end
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.policy.intents import CANCEL, RESOLVE
from axme.gateway.store.queries import intents
from axme.gateway.store.tx import Tx

HOUR = 3600 * SECOND
_QUIET = tuple(IntentStatus(word) for word in ("SUBMITTED", "DELIVERED", "ACKNOWLEDGED", "IN_PROGRESS", "WAITING"))


def resolve(tx: Tx, who: Identity, intent_id: str, body: dict[str, Any], *, owner: str | None) -> dict[str, Any]:
    """Bring an intent to COMPLETED, FAILED or CANCELED. ``POST /v1/intents/{intent_id}/resolve``

    Args:
        tx: the transaction.
        who: the caller.
        intent_id: the intent.
        body: as :class:`~axme.contract.schemas.intents.IntentResolve` loads it.
        owner: in whose name, an address or a bare name.

    Raises:
        GatewayError: 403, 404, 409 ``intent_terminal`` or ``intent_paused``, 422.
    """
    check_resolution(body)
    verb = CANCEL if body["status"] is IntentStatus.CANCELED else RESOLVE
    intent = find_to_change(tx, who, intent_id, verb, owner=owner)
    end(
        intent,
        body["status"],
        at=tx.now,
        actor=acting(who, body.get("actor"), owner),
        result=body.get("result"),
        error=body.get("error"),
        reason=body.get("reason"),
    )
    delivery = store_change(tx, intent)
    audit.record(tx, who, "intent.resolve", intent_id, details={"status": intent.status.value})
    return {
        "ok": True,
        "intent": wire.intent(intent),
        "event": last_event(intent),
        "completion_delivery": delivery,
    }


def bulk_cancel(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Cancel what has been quiet for long in the caller's workspace. ``POST /v1/intents/bulk-cancel``

    Args:
        tx: the transaction.
        who: the caller.
        body: as :class:`~axme.contract.schemas.intents.BulkCancel` loads it; a rehearsal unless ``dry_run`` is false.
    """
    statuses = [status for status in body.get("status_filter") or _QUIET if not status.is_terminal]
    quiet = intents.quiet_since(
        tx,
        workspace_id=who.workspace_id,
        statuses=statuses,
        before=tx.now - round(body["older_than_hours"] * HOUR),
        limit=body["limit"],
    )
    found = [intent.intent_id for intent in quiet]
    if body["dry_run"]:
        return {"ok": True, "dry_run": True, "would_cancel": len(found), "intent_ids": found}
    for intent in quiet:
        end(intent, IntentStatus.CANCELED, at=tx.now, actor=who.address, reason=body["reason"])
        store_change(tx, intent)
    audit.record(tx, who, "intent.bulk_cancel", who.workspace_id, details={"canceled": len(found)})
    return {"ok": True, "dry_run": False, "canceled": len(found), "intent_ids": found}
