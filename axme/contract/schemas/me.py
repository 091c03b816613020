"""The caller, as the gateway sees it."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, ObjectSchema
from axme.contract.schemas.organizations import Organization
from axme.contract.schemas.workspaces import Workspace


class Me(ObjectSchema):
    """Whose key or token this is, where it belongs, and what it may do there."""

    address = fields.String(required=True)
    service_account_id = fields.String(allow_none=True)
    actor_id = fields.String(allow_none=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    organization = fields.Nested(Organization(only=("org_id", "slug", "name")), required=True)
    workspace = fields.Nested(Workspace(only=("workspace_id", "org_id", "slug", "name")), required=True)


class MeAnswer(ObjectSchema):
    """The caller."""

    ok = Flag(required=True)
    me = fields.Nested(Me, required=True)
