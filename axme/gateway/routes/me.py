"""``GET /v1/me``: who the caller is."""

from __future__ import annotations

from axme.contract.schemas import me as schemas
from axme.gateway.actions import me
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads
from axme.gateway.store import Tx


def get(tx: Tx, asked: Asked) -> Body:
    """The caller."""
    return me.get(tx, asked.who)


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/me",
        name="get_me",
        about="Whose key or token this is, where it belongs, and its roles there.",
        access=Access.MACHINE,
        may=roles.ANY,
        action=Reads(get),
        answer=schemas.MeAnswer,
    ),
)
