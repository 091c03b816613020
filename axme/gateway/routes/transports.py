"""Transport bindings of principals (contract 3.29)."""

from __future__ import annotations

from axme.contract.schemas import transports as schemas
from axme.gateway.actions import transports
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.placed import LIMIT, ORG, PRINCIPAL, WORKSPACE
from axme.gateway.store import Tx

_ALL = "/v1/transports/bindings"


def upsert(tx: Tx, asked: Asked) -> Body:
    """Bind a principal to a handle, or change the binding."""
    return transports.upsert(tx, asked.who, asked.body)


def list_bindings(tx: Tx, asked: Asked) -> Body:
    """Bindings of a workspace, an organization or a principal."""
    query = asked.query
    return transports.list_bindings(
        tx,
        asked.who,
        org_id=query["org_id"],
        workspace_id=query["workspace_id"],
        principal_id=query["principal_id"],
        limit=query["limit"],
    )


def remove(tx: Tx, asked: Asked) -> Body:
    """Take a binding away."""
    return transports.remove(tx, asked.who, asked.params["binding_id"])


OPERATIONS = (
    Operation(
        methods=("POST",),
        path=_ALL,
        name="upsert_transport_binding",
        about="Bind a principal to a handle on a transport; the same principal, transport and handle change the rest.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(upsert),
        body=schemas.BindingUpsert,
        answer=schemas.BindingAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_ALL,
        name="list_transport_bindings",
        about="List bindings of a workspace, an organization or a principal.",
        access=Access.TENANT,
        may=roles.ANY,
        action=Reads(list_bindings),
        query=(ORG, WORKSPACE, PRINCIPAL, LIMIT),
        answer=schemas.BindingList,
    ),
    Operation(
        methods=("DELETE",),
        path=f"{_ALL}/{{binding_id}}",
        name="remove_transport_binding",
        about="Take a binding away.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(remove),
        answer=schemas.BindingRemoved,
    ),
)
