"""Routes of principals."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, select, update

from axme.gateway.store.tables import routes

_r = routes.c
CHANGEABLE = (
    "endpoint_url",
    "auth_mode",
    "region",
    "cluster_id",
    "failover_policy",
    "priority",
    "health_status",
    "status",
    "metadata",
)
INSERT = insert(routes).values({column.name: bindparam(column.name) for column in routes.columns})
ROUTE = select(routes).where(_r.route_id == bindparam("route_id"))
OF_PRINCIPAL = select(routes).where(_r.principal_id == bindparam("principal_id")).order_by(_r.created_at, _r.route_id)
UPDATE = (
    update(routes)
    .where(_r.route_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in (*CHANGEABLE, "updated_at")})
)
DELETE = delete(routes).where(_r.route_id == bindparam("route_id"))
