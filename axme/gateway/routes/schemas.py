"""The registry of semantic schemas (contract 3.13)."""

from __future__ import annotations

from axme.contract.schemas import schemas as shapes
from axme.gateway.actions import schemas
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import OWNER
from axme.gateway.store import Tx


def upsert(tx: Tx, asked: Asked) -> Body:
    """Register or change a schema."""
    return schemas.upsert(tx, asked.who, asked.body, owner=asked.owner)


def get(tx: Tx, asked: Asked) -> Body:
    """One schema."""
    return schemas.get(tx, asked.who, asked.params["semantic_type"], owner=asked.owner)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/v1/schemas",
        name="upsert_schema",
        about="Register a schema, or change it as far as its compatibility mode allows.",
        access=Access.MACHINE,
        action=Writes(upsert),
        body=shapes.SchemaUpsert,
        query=(OWNER,),
        may=roles.SCHEMA_WRITE,
        answer=shapes.SchemaAnswer,
    ),
    Operation(
        methods=("GET",),
        path="/v1/schemas/{semantic_type}",
        name="get_schema",
        about="Read one schema with its document.",
        access=Access.MACHINE,
        action=Reads(get),
        query=(OWNER,),
        may=roles.SCHEMA_READ,
        answer=shapes.SchemaAnswer,
    ),
)
