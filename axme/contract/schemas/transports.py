"""Transport bindings: the handles by which principals are known on transports (contract 3.29)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length, whole
from axme.contract.schemas.principals import principal_id
from axme.contract.schemas.routing import DEFAULT_PRIORITY, PRIORITY, TRANSPORT_TYPES

BINDING_STATUSES = ("active", "inactive")


class BindingUpsert(RequestSchema):
    """The body of ``POST /v1/transports/bindings``; principal, transport and handle together are the key."""

    principal_id = principal_id(required=True)
    transport_type = fields.String(required=True, validate=validate.OneOf(TRANSPORT_TYPES))
    transport_handle = Text(required=True, validate=length(2, 255))
    priority = whole(*PRIORITY, load_default=DEFAULT_PRIORITY)
    status = fields.String(validate=validate.OneOf(BINDING_STATUSES), load_default="active")
    metadata = Object(load_default=dict)


class Binding(ObjectSchema):
    """A handle of a principal on a transport."""

    binding_id = fields.String(required=True)
    principal_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    transport_type = fields.String(required=True)
    transport_handle = fields.String(required=True)
    priority = fields.Integer(required=True)
    status = fields.String(required=True)
    metadata = Object(required=True)
    #: Only where the gateway has just made it.
    secret = fields.String()
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class BindingAnswer(ObjectSchema):
    """One binding."""

    ok = Flag(required=True)
    binding = fields.Nested(Binding, required=True)


class BindingList(ObjectSchema):
    """Bindings of a workspace or organization."""

    ok = Flag(required=True)
    bindings = fields.List(fields.Nested(Binding), required=True)


class RemovedBinding(ObjectSchema):
    """The binding that is gone."""

    binding_id = fields.String(required=True)
    removed = Flag(required=True)


class BindingRemoved(ObjectSchema):
    """The answer to a removal."""

    ok = Flag(required=True)
    binding = fields.Nested(RemovedBinding, required=True)
