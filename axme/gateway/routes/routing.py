"""Routes of principals, and which of them is taken (contract 3.28)."""

from __future__ import annotations

from axme.contract.schemas import routing as schemas
from axme.gateway.actions import routing
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.placed import LIMIT, ORG, PRINCIPAL, WORKSPACE
from axme.gateway.store import Tx

_ALL = "/v1/routing/endpoints"
_ONE = f"{_ALL}/{{route_id}}"


def register(tx: Tx, asked: Asked) -> Body:
    """Give a principal an endpoint."""
    return routing.register(tx, asked.who, asked.body)


def list_routes(tx: Tx, asked: Asked) -> Body:
    """Routes of a workspace, an organization or a principal."""
    query = asked.query
    return routing.list_routes(
        tx,
        asked.who,
        org_id=query["org_id"],
        workspace_id=query["workspace_id"],
        principal_id=query["principal_id"],
        limit=query["limit"],
    )


def update(tx: Tx, asked: Asked) -> Body:
    """Change what is given."""
    return routing.update(tx, asked.who, asked.params["route_id"], asked.body)


def remove(tx: Tx, asked: Asked) -> Body:
    """Take an endpoint away."""
    return routing.remove(tx, asked.who, asked.params["route_id"])


def resolve(tx: Tx, asked: Asked) -> Body:
    """Which route a delivery would take."""
    return routing.resolve(tx, asked.who, asked.body)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path=_ALL,
        name="register_routing_endpoint",
        about="Give a principal an endpoint.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(register),
        body=schemas.RouteRegister,
        answer=schemas.RouteAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_ALL,
        name="list_routing_endpoints",
        about="List routes of a workspace, an organization or a principal.",
        access=Access.TENANT,
        may=roles.ANY,
        action=Reads(list_routes),
        query=(ORG, WORKSPACE, PRINCIPAL, LIMIT),
        answer=schemas.RouteList,
    ),
    Operation(
        methods=("PATCH",),
        path=_ONE,
        name="update_routing_endpoint",
        about="Change a route: its address, its priority, how healthy it is, whether it is used.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(update),
        body=schemas.RouteUpdate,
        answer=schemas.RouteAnswer,
    ),
    Operation(
        methods=("DELETE",),
        path=_ONE,
        name="remove_routing_endpoint",
        about="Take an endpoint away.",
        access=Access.TENANT,
        may=roles.WORKSPACE_WRITE,
        action=Writes(remove),
        answer=schemas.RouteRemoved,
    ),
    Operation(
        methods=("POST",),
        path="/v1/routing/resolve",
        name="resolve_routing",
        about="Say which route a delivery to an alias or principal would take: active, healthiest, lowest priority.",
        access=Access.TENANT,
        may=roles.ANY,
        action=Reads(resolve),
        body=schemas.RoutingResolve,
        answer=schemas.RoutingResolutionAnswer,
    ),
)
