"""Routes: the endpoints principals are reached at, and which of them is taken (contract 3.28)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.schemas.aliases import alias_name
from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length, whole
from axme.contract.schemas.principals import Principal, principal_id

TRANSPORT_TYPES = ("matrix", "http", "queue", "webhook")
AUTH_MODES = ("mtls", "jwt", "signed_key", "none")
FAILOVER_POLICIES = ("none", "same_region", "cross_region")
HEALTH_STATUSES = ("healthy", "degraded", "unhealthy", "unknown")
ROUTE_STATUSES = ("active", "inactive", "draining")
PRIORITY = (1, 10_000)
DEFAULT_PRIORITY = 100


def _one_of(choices: tuple[str, ...], *, required: bool = False) -> fields.String:
    return fields.String(required=required, validate=validate.OneOf(choices))


class RouteRegister(RequestSchema):
    """The body of ``POST /v1/routing/endpoints``."""

    principal_id = principal_id(required=True)
    transport_type = _one_of(TRANSPORT_TYPES, required=True)
    endpoint_url = Text(required=True, validate=length(8, 4096))
    auth_mode = _one_of(AUTH_MODES, required=True)
    region = Text(validate=length(2, 64))
    cluster_id = Text(validate=length(2, 128))
    failover_policy = fields.String(validate=validate.OneOf(FAILOVER_POLICIES), load_default="none")
    priority = whole(*PRIORITY, load_default=DEFAULT_PRIORITY)
    metadata = Object(load_default=dict)


class RouteUpdate(RequestSchema):
    """The body of ``PATCH /v1/routing/endpoints/{route_id}``; what is left out stays."""

    endpoint_url = Text(validate=length(8, 4096))
    auth_mode = _one_of(AUTH_MODES)
    region = Text(validate=length(2, 64))
    cluster_id = Text(validate=length(2, 128))
    failover_policy = _one_of(FAILOVER_POLICIES)
    priority = whole(*PRIORITY)
    health_status = _one_of(HEALTH_STATUSES)
    status = _one_of(ROUTE_STATUSES)
    metadata = Object()


class Route(ObjectSchema):
    """An endpoint of a principal."""

    route_id = fields.String(required=True)
    principal_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    transport_type = fields.String(required=True)
    endpoint_url = fields.String(required=True)
    auth_mode = fields.String(required=True)
    region = fields.String(allow_none=True)
    cluster_id = fields.String(allow_none=True)
    failover_policy = fields.String(required=True)
    priority = fields.Integer(required=True)
    health_status = fields.String(required=True)
    status = fields.String(required=True)
    metadata = Object(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class RouteAnswer(ObjectSchema):
    """One route."""

    ok = Flag(required=True)
    route = fields.Nested(Route, required=True)


class RouteList(ObjectSchema):
    """Routes of a workspace or organization."""

    ok = Flag(required=True)
    routes = fields.List(fields.Nested(Route), required=True)


class RemovedRoute(ObjectSchema):
    """The route that is gone."""

    route_id = fields.String(required=True)
    removed = Flag(required=True)


class RouteRemoved(ObjectSchema):
    """The answer to a removal."""

    ok = Flag(required=True)
    route = fields.Nested(RemovedRoute, required=True)


class RoutingResolve(RequestSchema):
    """The body of ``POST /v1/routing/resolve``: an alias or a principal is named."""

    org_id = fields.String()
    workspace_id = fields.String()
    alias = alias_name()
    principal_id = principal_id()


class RoutingResolution(ObjectSchema):
    """Which way a delivery would take."""

    alias = Object(required=True, allow_none=True)
    principal = fields.Nested(Principal, required=True)
    selected_route = fields.Nested(Route, required=True)
    candidate_routes = fields.List(fields.Nested(Route), required=True)
    resolver_chain = fields.List(fields.String(), required=True)


class RoutingResolutionAnswer(ObjectSchema):
    """The answer to a resolution."""

    ok = Flag(required=True)
    resolution = fields.Nested(RoutingResolution, required=True)
