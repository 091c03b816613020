"""Approvals (contract 3.5)."""

from __future__ import annotations

from axme.contract.schemas import approvals as schemas
from axme.gateway.actions import approvals
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Writes
from axme.gateway.store import Tx


def decide(tx: Tx, asked: Asked) -> Body:
    """Approve or reject."""
    return approvals.decide(tx, asked.who, asked.params["approval_id"], asked.body)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/v1/approvals/{approval_id}/decision",
        name="decide_approval",
        about="Decide an approval; its id is that of the intent or of the thread.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(decide),
        body=schemas.ApprovalDecision,
        answer=schemas.ApprovalAnswer,
    ),
)
