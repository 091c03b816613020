"""Aliases of principals (contract 3.27)."""

from __future__ import annotations

from axme.contract.schemas import aliases as schemas
from axme.gateway.actions import aliases
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.placed import LIMIT, ORG, PRINCIPAL, WORKSPACE
from axme.gateway.routes.query import Text, refused
from axme.gateway.store import Tx

_ALL = "/v1/aliases"


def bind(tx: Tx, asked: Asked) -> Body:
    """Let a name stand for a principal."""
    return aliases.bind(tx, asked.who, asked.body)


def list_aliases(tx: Tx, asked: Asked) -> Body:
    """Aliases of a workspace, an organization or a principal."""
    query = asked.query
    return aliases.list_aliases(
        tx,
        asked.who,
        org_id=query["org_id"],
        workspace_id=query["workspace_id"],
        principal_id=query["principal_id"],
        status=query["status"],
        limit=query["limit"],
    )


def revoke(tx: Tx, asked: Asked) -> Body:
    """End an alias."""
    return aliases.revoke(tx, asked.who, asked.params["alias_id"])


def resolve(tx: Tx, asked: Asked) -> Body:
    """Whom a name stands for."""
    query = asked.query
    if not query["alias"]:
        raise refused("alias", "is missing: give the name to resolve")
    return aliases.resolve(
        tx, asked.who, org_id=query["org_id"], workspace_id=query["workspace_id"], alias=query["alias"]
    )


OPERATIONS = (
    Operation(
        methods=("POST",),
        path=_ALL,
        name="bind_alias",
        about="Let a name stand for a principal; one name stands for one principal of a workspace at a time.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(bind),
        body=schemas.AliasBind,
        answer=schemas.AliasAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_ALL,
        name="list_aliases",
        about="List aliases of a workspace, an organization or a principal.",
        access=Access.TENANT,
        may=roles.ANY,
        action=Reads(list_aliases),
        query=(
            ORG,
            WORKSPACE,
            PRINCIPAL,
            Text(name="status", about="Only aliases of this status.", choices=schemas.ALIAS_STATUSES),
            LIMIT,
        ),
        answer=schemas.AliasList,
    ),
    Operation(
        methods=("GET",),
        path=f"{_ALL}/resolve",
        name="resolve_alias",
        about="Say whom a name stands for.",
        access=Access.TENANT,
        may=roles.ANY,
        action=Reads(resolve),
        query=(ORG, WORKSPACE, Text(name="alias", about="The name.")),
        answer=schemas.AliasResolutionAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ALL}/{{alias_id}}/revoke",
        name="revoke_alias",
        about="End an alias, so that its name is free.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(revoke),
        answer=schemas.AliasAnswer,
    ),
)
