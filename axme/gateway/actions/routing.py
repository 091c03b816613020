"""Routes of principals, and which of them is taken (contract 3.28)."""

from __future__ import annotations

from typing import Any, NamedTuple

from axme.contract.codes import NOT_FOUND, VALIDATION_ERROR
from axme.gateway.actions import aliases
from axme.gateway.actions.placed import as_sent, list_rows, note, the_principal, the_row
from axme.gateway.actions.tenants import the_workspace
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import routing as rules
from axme.gateway.policy import ssrf
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import routing
from axme.gateway.store.queries.placed import new_id
from axme.gateway.store.tables import routes as table
from axme.gateway.store.tx import Row, Tx

#: Transports whose routes the gateway posts to.
POSTED = frozenset({"http", "webhook"})
_CHAIN = ["alias", "principal_id", "endpoint_route", "transport_dispatch"]


class Way(NamedTuple):
    """The way to a principal."""

    alias: Row | None
    principal: Row
    #: The best first; never empty.
    candidates: list[Row]


def register(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Give a principal an endpoint. ``POST /v1/routing/endpoints``

    Raises:
        GatewayError: 404, there is no such principal; 403; 422, the URL cannot be posted to.
    """
    principal = the_principal(tx, who, body["principal_id"])
    _check_url(body["transport_type"], body["endpoint_url"])
    row: Row = {
        "route_id": new_id("rte"),
        "principal_id": principal["principal_id"],
        "org_id": principal["org_id"],
        "workspace_id": principal["workspace_id"],
        "transport_type": body["transport_type"],
        "endpoint_url": body["endpoint_url"],
        "auth_mode": body["auth_mode"],
        "region": body.get("region"),
        "cluster_id": body.get("cluster_id"),
        "failover_policy": body["failover_policy"],
        "priority": body["priority"],
        "health_status": "unknown",
        "status": rules.ACTIVE,
        "metadata": to_json(body["metadata"]),
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    tx.run(routing.INSERT, row)
    note(tx, who, "route.register", row["route_id"], row, {"principal_id": row["principal_id"]})
    return {"ok": True, "route": as_sent(row)}


def list_routes(
    tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, principal_id: str | None, limit: int
) -> dict[str, Any]:
    """Routes of a workspace, an organization or a principal. ``GET /v1/routing/endpoints``"""
    rows = list_rows(tx, who, table, org_id=org_id, workspace_id=workspace_id, principal_id=principal_id, limit=limit)
    return {"ok": True, "routes": [as_sent(row) for row in rows]}


def update(tx: Tx, who: Identity, route_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Change what is given. ``PATCH /v1/routing/endpoints/{route_id}``

    Raises:
        GatewayError: 404; 403; 422, the URL cannot be posted to.
    """
    row = the_row(tx, who, routing.ROUTE, "route_id", route_id)
    given = {name: body[name] for name in routing.CHANGEABLE if name in body}
    if "metadata" in given:
        given["metadata"] = to_json(given["metadata"])
    changed = row | given | {"updated_at": tx.now}
    _check_url(changed["transport_type"], changed["endpoint_url"])
    named = {f"new_{name}": changed[name] for name in (*routing.CHANGEABLE, "updated_at")}
    tx.run(routing.UPDATE, {"id": route_id} | named)
    note(tx, who, "route.update", route_id, row, {"changed": sorted(given)})
    return {"ok": True, "route": as_sent(changed)}


def remove(tx: Tx, who: Identity, route_id: str) -> dict[str, Any]:
    """Take an endpoint away. ``DELETE /v1/routing/endpoints/{route_id}``

    Raises:
        GatewayError: 404; 403.
    """
    row = the_row(tx, who, routing.ROUTE, "route_id", route_id)
    tx.run(routing.DELETE, {"route_id": route_id})
    note(tx, who, "route.remove", route_id, row, {"principal_id": row["principal_id"]})
    return {"ok": True, "route": {"route_id": route_id, "removed": True}}


def resolve(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Which route a delivery would take. ``POST /v1/routing/resolve``

    Raises:
        GatewayError: 404, no such alias or principal, or it has no active route; 403; 422.
    """
    way = the_way(tx, who, body)
    routes = [as_sent(row) for row in way.candidates]
    return {
        "ok": True,
        "resolution": {
            "alias": None if way.alias is None else as_sent(way.alias),
            "principal": as_sent(way.principal),
            "selected_route": routes[0],
            "candidate_routes": routes,
            "resolver_chain": _CHAIN,
        },
    }


def the_way(tx: Tx, who: Identity, body: dict[str, Any]) -> Way:
    """Whom an alias or id means in a workspace, and the routes there; refusals as of :func:`resolve`."""
    alias, principal_id = None, body.get("principal_id")
    if body.get("alias") is not None:
        workspace = the_workspace(tx, who, body.get("org_id"), body.get("workspace_id"))
        alias, principal = aliases.resolved(tx, workspace["workspace_id"], body["alias"])
        if principal_id not in (None, principal["principal_id"]):
            raise _invalid("principal_id", "is another one than the alias stands for: leave one of them out")
    elif principal_id is not None:
        principal = the_principal(tx, who, principal_id)
        _check_place(tx, who, body, principal)
    else:
        raise _invalid("alias", "name an alias or a principal_id: one of them is needed")
    return Way(alias, principal, the_candidates(tx, principal["principal_id"]))


def the_candidates(tx: Tx, principal_id: str) -> list[Row]:
    """The active routes of a principal, the best first.

    Raises:
        GatewayError: 404, there is none.
    """
    found = rules.candidates(tx.run(routing.OF_PRINCIPAL, {"principal_id": principal_id}))
    if not found:
        raise GatewayError(
            NOT_FOUND, f"the principal {principal_id[:64]} has no active route: register one, or activate one it has"
        )
    return found


def _check_place(tx: Tx, who: Identity, body: dict[str, Any], principal: Row) -> None:
    """A principal of another workspace than the one that is named does not exist in it."""
    if body.get("org_id") is None and body.get("workspace_id") is None:
        return
    workspace = the_workspace(tx, who, body.get("org_id"), body.get("workspace_id"))
    if workspace["workspace_id"] != principal["workspace_id"]:
        raise GatewayError(NOT_FOUND, f"there is no principal {principal['principal_id']} in this workspace")


def _check_url(transport_type: str, url: str) -> None:
    if transport_type not in POSTED:
        return
    try:
        ssrf.parse(url)
    except ssrf.TargetError as error:
        raise _invalid("endpoint_url", str(error)) from None


def _invalid(field: str, why: str) -> GatewayError:
    return GatewayError(VALIDATION_ERROR, f"{field}: {why}", details={"field": field})
