"""Links to tasks: an addition of this gateway to the protocol."""

from __future__ import annotations

from axme.contract.schemas import links as schemas
from axme.gateway.actions import links
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.store import Tx

_LINKS = "/v1/intents/{intent_id}/links"


def list_links(tx: Tx, asked: Asked) -> Body:
    """The links of an intent."""
    return links.list_links(tx, asked.who, asked.params["intent_id"])


def create(tx: Tx, asked: Asked) -> Body:
    """Make a link."""
    return links.create(tx, asked.who, asked.params["intent_id"], asked.body, base_url=asked.base_url)


def revoke(tx: Tx, asked: Asked) -> Body:
    """Make a link useless."""
    return links.revoke(tx, asked.who, asked.params["intent_id"], asked.params["link_id"])


def revoke_all(tx: Tx, asked: Asked) -> Body:
    """Make all links useless."""
    return links.revoke_all(tx, asked.who, asked.params["intent_id"])


OPERATIONS = (
    Operation(
        methods=("GET",),
        path=_LINKS,
        name="list_task_links",
        about="List the links by which people may answer an intent, without their tokens.",
        access=Access.MACHINE,
        may=roles.LINK_WRITE,
        action=Reads(list_links),
        answer=schemas.LinkList,
    ),
    Operation(
        methods=("POST",),
        path=_LINKS,
        name="create_task_link",
        about="Make a link by which somebody may answer an intent; it is shown once.",
        access=Access.MACHINE,
        may=roles.LINK_WRITE,
        action=Writes(create),
        body=schemas.LinkCreate,
        answer=schemas.LinkAnswer,
    ),
    Operation(
        methods=("DELETE",),
        path=_LINKS,
        name="revoke_task_links",
        about="Make all links of an intent useless.",
        access=Access.MACHINE,
        may=roles.LINK_WRITE,
        action=Writes(revoke_all),
        answer=schemas.LinkList,
    ),
    Operation(
        methods=("DELETE",),
        path=f"{_LINKS}/{{link_id}}",
        name="revoke_task_link",
        about="Make a link useless.",
        access=Access.MACHINE,
        may=roles.LINK_WRITE,
        action=Writes(revoke),
        answer=schemas.LinkAnswer,
    ),
)
