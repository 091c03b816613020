"""Finding the intent of a claim, and saying why a claim is over."""

from __future__ import annotations

from axme.contract.codes import AGENT_KILLED, CLAIM_LOST, INTENT_PAUSED, INTENT_TERMINAL, NOT_FOUND, ErrorCode
from axme.gateway.actions.intents.access import find_to_change
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.policy.intents import RESUME
from axme.gateway.store.queries import claims
from axme.gateway.store.queries.cross_org import is_killed
from axme.gateway.store.tx import Tx


def the_intent(tx: Tx, who: Identity, claim_id: str) -> IntentRecord:
    """The intent of a living claim, locked until the transaction ends.

    Raises:
        GatewayError: 404, there is no such claim for the caller; 403; 409 ``claim_lost``, with what became of it.
    """
    intent = find_to_change(tx, who, intent_id_of(claim_id), RESUME, owner=None)
    if intent.claim_id != claim_id:
        raise lost(tx, intent, claim_id)
    return intent


def intent_id_of(claim_id: str) -> str:
    """The id of the intent that a claim is about.

    Raises:
        GatewayError: 404, this is no id of a claim.
    """
    intent_id = claims.intent_of(claim_id)
    if intent_id is None:
        raise GatewayError(NOT_FOUND, f"there is no claim {claim_id[:80]!r}: claim a delivery to get the id of one")
    return intent_id


def lost(tx: Tx, intent: IntentRecord, claim_id: str) -> GatewayError:
    """The refusal of a worker whose claim is over."""
    cause, why = _cause(tx, intent)
    row = claims.of_intent(tx, intent.intent_id) if intent.claim_id else None
    now_with = {"worker_id": row["worker_id"]} if row else {}
    return GatewayError(
        CLAIM_LOST,
        f"this claim is over: {why}",
        details={
            "claim_id": claim_id,
            "intent_id": intent.intent_id,
            "status": intent.status.value,
            "cause": cause.code,
            **now_with,
        },
    )


def _cause(tx: Tx, intent: IntentRecord) -> tuple[ErrorCode, str]:
    what = f"intent {intent.intent_id}"
    if intent.is_terminal:
        return INTENT_TERMINAL, f"{what} is {intent.status}" + (f" ({intent.reason})" if intent.reason else "")
    if intent.claim_id is not None:
        row = claims.of_intent(tx, intent.intent_id)
        return CLAIM_LOST, f"worker {row['worker_id'] if row else '?'} has {what} now"
    if intent.paused:
        return INTENT_PAUSED, f"{what} was paused; it is delivered again when it goes on"
    if intent.handler is not None and is_killed(tx, intent.handler, intent.handler):
        return AGENT_KILLED, f"{intent.handler} is killed in the mesh, until somebody resumes it"
    return CLAIM_LOST, f"{what} is {intent.status} and in no worker's hands: its lease ran out, or it was given back"
