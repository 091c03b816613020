"""Why intents stand where they stand: an addition of this gateway to the protocol."""

from __future__ import annotations

from axme.contract.schemas import explanations as schemas
from axme.gateway.actions import explanations
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads
from axme.gateway.store import Tx


def explain(tx: Tx, asked: Asked) -> Body:
    """An intent, and why it stands where it stands."""
    return explanations.explain(tx, asked.who, asked.params["intent_id"])


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/intents/{intent_id}/explanation",
        name="explain_intent",
        about="Read one intent with what is planned for it, who has it, and since when.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(explain),
        answer=schemas.ExplanationAnswer,
    ),
)
