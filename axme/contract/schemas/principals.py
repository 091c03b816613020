"""Principals: the parties deliveries are addressed to (contract 3.26)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length

PRINCIPAL_TYPES = ("user", "service_agent", "service_account")


def principal_id(*, required: bool = False) -> Text:
    """The id of a principal, in a request."""
    return Text(required=required, validate=length(5, 64))


class PrincipalCreate(RequestSchema):
    """The body of ``POST /v1/principals``; organization and workspace default to the caller's."""

    org_id = fields.String()
    workspace_id = fields.String()
    principal_type = fields.String(required=True, validate=validate.OneOf(PRINCIPAL_TYPES))
    display_name = Text(validate=length(1, 255))
    metadata = Object(load_default=dict)


class Principal(ObjectSchema):
    """A person, agent or account that can be reached by aliases and routes."""

    principal_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    principal_type = fields.String(required=True)
    display_name = fields.String(allow_none=True)
    status = fields.String(required=True)
    metadata = Object(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class PrincipalAnswer(ObjectSchema):
    """One principal."""

    ok = Flag(required=True)
    principal = fields.Nested(Principal, required=True)
