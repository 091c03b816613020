"""Organizations (contract 3.18)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length

STATUSES = ("pending", "active", "suspended", "archived")


class OrganizationCreate(RequestSchema):
    """The body of ``POST /v1/organizations``."""

    name = Text(required=True, validate=length(2, 120))
    legal_name = Text(validate=length(2, 255))
    primary_domain = Text(validate=length(3, 255))
    requested_by_actor_id = Text(validate=length(1, 255))
    metadata = Object(keys=fields.String())


class OrganizationUpdate(RequestSchema):
    """The body of ``PATCH /v1/organizations/{org_id}``: what is given is changed."""

    org_id = fields.String()
    name = Text(validate=length(2, 120))
    legal_name = Text(validate=length(2, 255))
    primary_domain = Text(validate=length(3, 255))
    status = fields.String(validate=validate.OneOf(STATUSES))
    metadata = Object(keys=fields.String())


class Organization(ObjectSchema):
    """A tenant: nothing crosses it unless it says so."""

    org_id = fields.String(required=True)
    slug = fields.String()
    name = fields.String(required=True)
    legal_name = fields.String(allow_none=True)
    primary_domain = fields.String(allow_none=True)
    status = fields.String(required=True)
    metadata = Object(keys=fields.String())
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    workspaces_count = fields.Integer()
    members_count = fields.Integer()


class OrganizationAnswer(ObjectSchema):
    """One organization."""

    ok = Flag(required=True)
    organization = fields.Nested(Organization, required=True)
