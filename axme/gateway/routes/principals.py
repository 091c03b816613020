"""Principals (contract 3.26)."""

from __future__ import annotations

from axme.contract.schemas import principals as schemas
from axme.gateway.actions import principals
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.store import Tx


def create(tx: Tx, asked: Asked) -> Body:
    """Make a principal."""
    return principals.create(tx, asked.who, asked.body)


def get(tx: Tx, asked: Asked) -> Body:
    """One principal."""
    return principals.get(tx, asked.who, asked.params["principal_id"])


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/v1/principals",
        name="create_principal",
        about="Make a principal: a person, agent or account that can be reached by aliases and routes.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(create),
        body=schemas.PrincipalCreate,
        answer=schemas.PrincipalAnswer,
    ),
    Operation(
        methods=("GET",),
        path="/v1/principals/{principal_id}",
        name="get_principal",
        about="Read one principal.",
        access=Access.TENANT,
        may=roles.ANY,
        action=Reads(get),
        answer=schemas.PrincipalAnswer,
    ),
)
