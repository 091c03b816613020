"""Invites (contract 3.16)."""

from __future__ import annotations

from axme.contract.schemas import invites as schemas
from axme.gateway.actions import invites
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.store import Tx


def create(tx: Tx, asked: Asked) -> Body:
    """Invite somebody."""
    return invites.create(tx, asked.who, asked.body, base_url=asked.base_url)


def get(tx: Tx, asked: Asked) -> Body:
    """One invite."""
    return invites.get(tx, asked.who, asked.params["token"])


def accept(tx: Tx, asked: Asked) -> Body:
    """Accept an invite."""
    return invites.accept(tx, asked.who, asked.params["token"], asked.body)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/v1/invites/create",
        name="create_invite",
        about="Invite somebody; the token in the answer lets him in.",
        access=Access.MACHINE,
        action=Writes(create),
        body=schemas.InviteCreate,
        may=roles.INVITE_WRITE,
        answer=schemas.Invite,
    ),
    Operation(
        methods=("GET",),
        path="/v1/invites/{token}",
        name="get_invite",
        about="Read one invite.",
        access=Access.MACHINE,
        action=Reads(get),
        may=roles.INVITE_READ,
        answer=schemas.Invite,
    ),
    Operation(
        methods=("POST",),
        path="/v1/invites/{token}/accept",
        name="accept_invite",
        about="Accept an invite: it makes a user with a nick.",
        access=Access.MACHINE,
        action=Writes(accept),
        body=schemas.InviteAccept,
        may=roles.INVITE_WRITE,
        answer=schemas.InviteAccepted,
    ),
)
