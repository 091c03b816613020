"""What a worker says while it works: still here, this far, and this to begin from next time."""

from __future__ import annotations

from typing import Any

from axme.contract.clock import to_text
from axme.contract.statuses import EventType
from axme.gateway.actions.claims.leases import plan
from axme.gateway.actions.claims.living import intent_id_of, lost, the_intent
from axme.gateway.actions.intents.access import find
from axme.gateway.actions.intents.change import last_event, store_change
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import wire
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.lifecycle.transitions import note
from axme.gateway.store.queries import claims
from axme.gateway.store.tx import Row, Tx


def renew(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Let claims go on, and say which are over. ``POST /v1/claims/renew``

    Args:
        tx: the transaction.
        who: the caller.
        body: as :class:`~axme.contract.schemas.claims.ClaimRenew` loads it.
    """
    renewed: list[dict[str, Any]] = []
    over: list[dict[str, Any]] = []
    for claim_id in dict.fromkeys(body["claim_ids"]):
        try:
            row = _renew(tx, who, claim_id, body.get("lease_seconds"))
        except GatewayError as error:
            code = error.details.get("cause", error.code.code) if error.details else error.code.code
            over.append({"claim_id": claim_id, "code": code, "message": error.message})
            continue
        renewed.append({"claim_id": claim_id, "lease_expires_at": to_text(row["lease_until"])})
        if "lease_seconds" in body:
            # It may be shorter than the one the look at the worker's leases is planned for.
            plan(tx, row["mailbox"], row["worker_id"], row["lease_until"])
    return {"ok": True, "renewed": renewed, "lost": over}


def progress(tx: Tx, who: Identity, claim_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Tell those who follow the intent how far it is. ``POST /v1/claims/{claim_id}/progress``

    Raises:
        GatewayError: 404; 403; 409 ``claim_lost``.
    """
    intent = the_intent(tx, who, claim_id)
    told = {name: body[name] for name in ("message", "percent", "data") if name in body}
    note(intent, EventType.IN_PROGRESS, at=tx.now, actor=who.address, details={"progress": told})
    store_change(tx, intent)
    return {"ok": True, "intent": wire.intent(intent), "event": last_event(intent)}


def checkpoint(tx: Tx, who: Identity, claim_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Keep something for whoever claims the intent next. ``POST /v1/claims/{claim_id}/checkpoint``

    Raises:
        GatewayError: 404; 403; 409 ``claim_lost``; 413.
    """
    intent = the_intent(tx, who, claim_id)
    intent.checkpoint = body["data"]
    store_change(tx, intent)
    return {"ok": True}


def _renew(tx: Tx, who: Identity, claim_id: str, seconds: int | None) -> Row:
    intent_id = intent_id_of(claim_id)
    sent = {"intent": intent_id, "claim": claim_id, "workspace": who.workspace_id}
    row = tx.one(claims.RENEW, sent | {"now": tx.now, "seconds": seconds, "second": SECOND})
    if row is None:
        raise lost(tx, find(tx, who, intent_id), claim_id)
    return row
