"""Claiming: free intents of a mailbox go into the hands of one worker each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import INVALID_TRANSITION
from axme.gateway.actions.admission import killed
from axme.gateway.actions.claims.admitting import admitted
from axme.gateway.actions.claims.leases import plan
from axme.gateway.actions.intents.change import announce, store_change
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import claims as rules
from axme.gateway.lifecycle import wire
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.store import topics
from axme.gateway.store.queries import claims, intents
from axme.gateway.store.queries.cross_org import is_killed
from axme.gateway.store.queries.pushes import pushed_to
from axme.gateway.store.tx import Row, Tx


def claim(tx: Tx, who: Identity, address: str, body: dict[str, Any], *, key: str | None) -> dict[str, Any]:
    """Claim what is free now. ``POST /v1/agents/{address}/claims``

    Args:
        tx: the transaction.
        who: the caller.
        address: the agent whose deliveries are claimed.
        body: as :class:`~axme.contract.schemas.claims.ClaimRequest` loads it.
        key: the idempotency key: a request sent again finds what it has claimed.

    Raises:
        GatewayError: 403, the address is of another workspace, or ``agent_killed``; 409, its intents are posted to a
            URL; 422.
    """
    owner = owner_address(who, address)
    if is_killed(tx, who.address, owner):
        raise killed(owner)
    if pushed_to(tx, owner) is not None:
        raise GatewayError(
            INVALID_TRANSITION,
            f"the intents of {owner} are posted to a URL: agent.deliver_to(None) lets workers claim them instead",
        )
    mailbox = topics.mailbox(owner, who.workspace_id)
    worker_id, seconds = body["worker_id"], body["lease_seconds"]
    until = tx.now + seconds * SECOND
    found = _again(tx, who, mailbox, worker_id, key, seconds) if key else []
    if not found:
        free = _free(tx, mailbox, owner, body["limit"])
        row: Row = {"mailbox": mailbox, "worker_id": worker_id, "workspace_id": who.workspace_id, "request_key": key}
        row |= {"lease_seconds": seconds, "lease_until": until}
        found = [_take(tx, one, worker_id, owner) for one in free]
        tx.run_many(claims.INSERT, [row | {"intent_id": one.intent_id, "claim_id": one.claim_id} for one in found])
    if found:
        plan(tx, mailbox, worker_id, until)
    expires = to_text(until)
    return {"ok": True, "lease_seconds": seconds, "claims": [_shown(one, expires) for one in found]}


def give_back(tx: Tx, intent: IntentRecord) -> None:
    """End a claim as if it had not been made."""
    intent.claim_id = None
    store_change(tx, intent)


def give_back_all(tx: Tx, intent_ids: Sequence[str]) -> None:
    """:func:`give_back` for those of the intents that are claimed."""
    for intent_id in intent_ids:
        intent = intents.load_for_update(tx, intent_id)
        if intent is not None and intent.claim_id is not None:
            give_back(tx, intent)


def _free(tx: Tx, mailbox: str, owner: str, limit: int) -> list[IntentRecord]:
    """What may be handed out now, the oldest first."""
    while True:
        free = [
            intents.from_row(row) for row in tx.run(claims.FREE, {"mailbox": mailbox, "now": tx.now, "limit": limit})
        ]
        # Those that are refused are not free any more.
        if (found := admitted(tx, owner, free)) or not free:
            return found


def _take(tx: Tx, intent: IntentRecord, worker_id: str, owner: str) -> IntentRecord:
    rules.take(intent, claims.new_id(intent.intent_id), worker_id, at=tx.now, actor=owner)
    intents.save(tx, intent)
    announce(tx, intent)
    return intent


def _again(tx: Tx, who: Identity, mailbox: str, worker_id: str, key: str, seconds: int) -> list[IntentRecord]:
    """What the same request has claimed before, with the lease anew."""
    sent = {"mailbox": mailbox, "worker_id": worker_id, "request": key}
    found = [row for row in tx.run(claims.OF_REQUEST, sent) if row["workspace_id"] == who.workspace_id]
    held = [(row, intents.load_for_update(tx, row["intent_id"])) for row in found]
    living = [intent for row, intent in held if intent is not None and intent.claim_id == row["claim_id"]]
    for intent in living:
        renewal = {"intent": intent.intent_id, "claim": intent.claim_id, "workspace": who.workspace_id}
        tx.run(claims.RENEW, renewal | {"now": tx.now, "seconds": seconds, "second": SECOND})
    return living


def _shown(intent: IntentRecord, expires: str) -> dict[str, Any]:
    return {
        "claim_id": intent.claim_id,
        "intent_id": intent.intent_id,
        "attempt": intent.delivery_attempt,
        "lease_expires_at": expires,
        "checkpoint": intent.checkpoint,
        "resumed": intent.resumed,
        "intent": wire.intent(intent),
    }
