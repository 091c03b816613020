"""The macros a scenario may name (contract 3.11)."""

from __future__ import annotations

from axme.contract.schemas import macros as schemas
from axme.gateway.actions import macros
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads
from axme.gateway.store import Tx


def list_macros(tx: Tx, asked: Asked) -> Body:
    """All macros."""
    return macros.list_macros(tx, asked.who)


def get(tx: Tx, asked: Asked) -> Body:
    """One macro."""
    return macros.get(tx, asked.who, asked.params["macro_id"])


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/tool-registry/macros",
        name="list_macros",
        about="List the workflows a scenario may name instead of writing them out.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(list_macros),
        answer=schemas.MacroList,
    ),
    Operation(
        methods=("GET",),
        path="/v1/tool-registry/macros/{macro_id}",
        name="get_macro",
        about="Read one macro with its parameters.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(get),
        answer=schemas.MacroAnswer,
    ),
)
