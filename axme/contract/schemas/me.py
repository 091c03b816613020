"""The caller, as the gateway sees it."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, ObjectSchema


class OwnOrganization(ObjectSchema):
    """What the caller is told of its organization."""

    org_id = fields.String(required=True)
    slug = fields.String(required=True)
    name = fields.String(required=True)


class OwnWorkspace(OwnOrganization):
    """What the caller is told of its workspace."""

    workspace_id = fields.String(required=True)


class Me(ObjectSchema):
    """Whose key or token this is, where it belongs, and what it may do there."""

    address = fields.String(required=True)
    service_account_id = fields.String(allow_none=True)
    actor_id = fields.String(allow_none=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    organization = fields.Nested(OwnOrganization, required=True)
    workspace = fields.Nested(OwnWorkspace, required=True)


class MeAnswer(ObjectSchema):
    """The caller."""

    ok = Flag(required=True)
    me = fields.Nested(Me, required=True)
