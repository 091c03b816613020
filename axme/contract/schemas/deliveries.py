"""Deliveries: payloads on their way to a principal (contract 3.30)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.schemas.aliases import alias_name
from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length, whole
from axme.contract.schemas.principals import principal_id

DELIVERY_STATUSES = ("submitted", "delivered", "failed", "pending", "dead_lettered")
WINDOW_HOURS = (1, 168)
DEFAULT_WINDOW_HOURS = 24


class DeliverySubmit(RequestSchema):
    """The body of ``POST /v1/deliveries``: an alias or a principal is named."""

    org_id = fields.String()
    workspace_id = fields.String()
    alias = alias_name()
    principal_id = principal_id()
    payload = Object(required=True)
    correlation_id = Text(validate=length(3, 255))
    idempotency_key = Text(validate=length(4, 255))


class DeliveryReconcile(RequestSchema):
    """The body of ``POST /v1/deliveries/reconcile``."""

    org_id = fields.String()
    workspace_id = fields.String()
    max_pending_age_seconds = whole(0, 86_400, load_default=300)
    limit = whole(1, 5000, load_default=500)
    target_status = fields.String(validate=validate.OneOf(("delivered", "dead_lettered")), load_default="dead_lettered")
    reason = Text(validate=length(3, 500))


class Attempt(ObjectSchema):
    """One try to deliver."""

    attempt = fields.Integer(required=True)
    route_id = fields.String(required=True)
    at = Moment(required=True)
    outcome = fields.String(required=True)
    http_status = fields.Integer(allow_none=True)
    detail = fields.String(allow_none=True)


class Delivery(ObjectSchema):
    """A payload on its way to a principal; its tries are told where one delivery is asked for."""

    delivery_id = fields.String(required=True)
    replay_of_delivery_id = fields.String(required=True, allow_none=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    principal_id = fields.String(required=True)
    alias = fields.String(required=True, allow_none=True)
    transport_type = fields.String(required=True)
    route_id = fields.String(required=True)
    #: The intent that is posted to an agent, if it is one.
    intent_id = fields.String(allow_none=True)
    #: How the agent gets it: ``http``, ``stream``, ``poll``, ``inbox``, ``internal``.
    delivery_mode = fields.String()
    status = fields.String(required=True)
    correlation_id = fields.String(required=True, allow_none=True)
    idempotency_key = fields.String(required=True, allow_none=True)
    payload = Object(required=True)
    error_detail = fields.String(required=True, allow_none=True)
    attempt_count = fields.Integer()
    next_attempt_at = Moment(allow_none=True)
    attempts = fields.List(fields.Nested(Attempt))
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class DeliveryAnswer(ObjectSchema):
    """One delivery."""

    ok = Flag(required=True)
    delivery = fields.Nested(Delivery, required=True)


class DeliveryList(ObjectSchema):
    """Deliveries of a workspace or organization, the newest first."""

    ok = Flag(required=True)
    deliveries = fields.List(fields.Nested(Delivery), required=True)


class DeliveryOperations(ObjectSchema):
    """How deliveries fared in a window of time."""

    ok = Flag(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True, allow_none=True)
    window_hours = fields.Integer(required=True)
    window_start = Moment(required=True)
    total = fields.Integer(required=True)
    by_status = Object(required=True)
    by_transport = Object(required=True)
    oldest_open_at = Moment(required=True, allow_none=True)


class DeliveriesReconciled(ObjectSchema):
    """Which deliveries were given up, or taken as delivered."""

    ok = Flag(required=True)
    target_status = fields.String(required=True)
    reconciled = fields.Integer(required=True)
    delivery_ids = fields.List(fields.String(), required=True)
