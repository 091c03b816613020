"""Mails about tasks: an addition of this gateway to the protocol."""

from __future__ import annotations

from axme.contract.schemas import mails as schemas
from axme.gateway.actions import mails
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads
from axme.gateway.store import Tx


def list_mails(tx: Tx, asked: Asked) -> Body:
    """The mails about an intent."""
    return mails.list_mails(tx, asked.who, asked.params["intent_id"])


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/intents/{intent_id}/mails",
        name="list_task_mails",
        about="List the mails about an intent, and what became of them.",
        access=Access.MACHINE,
        may=roles.LINK_WRITE,
        action=Reads(list_mails),
        answer=schemas.MailList,
    ),
)
