"""Many results for the next claims: what a worker has finished, and what it does next, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from axme.contract import jsontext
from axme.contract.codes import CLAIM_LOST
from axme.gateway.actions.claims.end import completed, failed, released
from axme.gateway.actions.claims.suspend import suspended
from axme.gateway.actions.claims.take import claim
from axme.gateway.actions.idempotency import fingerprint
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.store.queries import idempotency
from axme.gateway.store.tx import Tx

Body = dict[str, Any]
_OPERATION = "settle"
_BY_KIND: dict[str, Callable[[Tx, Identity, str, Body], IntentRecord]] = {
    "complete": lambda tx, who, claim_id, body: completed(tx, who, claim_id, body)[0],
    "fail": failed,
    "suspend": suspended,
    "release": lambda tx, who, claim_id, body: released(tx, who, claim_id),
}


class Settle(NamedTuple):
    """One claim to be ended: what was sent, and what its kind's schema made of it."""

    claim_id: str
    kind: str
    sent: Body
    body: Body | GatewayError


def exchange(
    tx: Tx, who: Identity, address: str, body: Body, settles: Sequence[Settle], *, key: str | None
) -> tuple[list[str | GatewayError], Body]:
    """End claims, each judged by itself, and take the next ones. ``POST /v1/agents/{address}/claims``

    Args:
        tx: the transaction.
        who: the caller.
        address: the agent whose deliveries are claimed.
        body: as :class:`~axme.contract.schemas.claims.ClaimRequest` loads it.
        settles: the claims to be ended.
        key: the idempotency key, for the claims that are taken. Ending a claim needs none: whoever says the same of
            it again gets the same answer.

    Returns:
        The status of each intent, or the refusal, in the order of ``settles``; and the answer of :func:`claim`. Where
        nothing may be claimed at the moment, there is nothing in it.

    Raises:
        GatewayError: 403, the address is of another workspace.
    """
    owner_address(who, address)
    told: dict[int, str | GatewayError] = {}
    # Two workers that settle and wait for each other's rows would do so in one order.
    for place in sorted(range(len(settles)), key=lambda place: settles[place].claim_id):
        told[place] = _judged(tx, who, settles[place])
    taken: Body = {"ok": True, "lease_seconds": body["lease_seconds"], "claims": []}
    if body["limit"]:
        try:
            taken = tx.attempt(lambda: claim(tx, who, address, body, key=key))
        except GatewayError:
            # Who asks for claims alone is told why there are none.
            pass
    return [told[place] for place in range(len(settles))], taken


def _judged(tx: Tx, who: Identity, one: Settle) -> str | GatewayError:
    try:
        return tx.attempt(lambda: _settle(tx, who, one))
    except GatewayError as refused:
        said = _said_before(tx, who, one) if refused.code is CLAIM_LOST else None
        return said or refused


def _settle(tx: Tx, who: Identity, one: Settle) -> str:
    if isinstance(one.body, GatewayError):
        raise one.body
    intent = _BY_KIND[one.kind](tx, who, one.claim_id, one.body)
    said = {"fingerprint": fingerprint(one.sent), "answer": jsontext.encode(intent.status), "created_at": tx.now}
    tx.run(idempotency.KEEP, _scope(who, one) | said | {"intent_id": intent.intent_id})
    return intent.status


def _said_before(tx: Tx, who: Identity, one: Settle) -> str | None:
    """The answer to the very same word about this claim, whose living nobody has seen since."""
    row = tx.one(idempotency.FIND, _scope(who, one))
    if row is None or row["fingerprint"] != fingerprint(one.sent):
        return None
    status: str = jsontext.loads(row["answer"])
    return status


def _scope(who: Identity, one: Settle) -> dict[str, str]:
    return {"sender": who.sender, "operation": _OPERATION, "key": one.claim_id}
