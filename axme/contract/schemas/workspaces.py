"""Workspaces of an organization (contract 3.19)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.schemas.base import Flag, Moment, ObjectSchema, RequestSchema, Text, length

ENVIRONMENTS = ("sandbox", "staging", "production")
STATUSES = ("active", "suspended", "archived")


class WorkspaceCreate(RequestSchema):
    """The body of ``POST /v1/organizations/{org_id}/workspaces``."""

    org_id = fields.String()
    name = Text(required=True, validate=length(2, 120))
    environment = fields.String(required=True, validate=validate.OneOf(ENVIRONMENTS))
    region = Text(validate=length(2, 64))


class WorkspaceUpdate(RequestSchema):
    """The body of ``PATCH …/workspaces/{workspace_id}``: what is given is changed."""

    org_id = fields.String()
    workspace_id = fields.String()
    name = Text(validate=length(2, 120))
    environment = fields.String(validate=validate.OneOf(ENVIRONMENTS))
    region = Text(validate=length(2, 64))
    status = fields.String(validate=validate.OneOf(STATUSES))


class Workspace(ObjectSchema):
    """A part of an organization, with agents of its own."""

    workspace_id = fields.String(required=True)
    org_id = fields.String(required=True)
    slug = fields.String()
    name = fields.String(required=True)
    environment = fields.String(required=True)
    status = fields.String(required=True)
    region = fields.String(allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class WorkspaceAnswer(ObjectSchema):
    """One workspace."""

    ok = Flag(required=True)
    workspace = fields.Nested(Workspace, required=True)


class WorkspaceList(ObjectSchema):
    """The workspaces of an organization."""

    ok = Flag(required=True)
    workspaces = fields.List(fields.Nested(Workspace), required=True)
