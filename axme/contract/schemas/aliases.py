"""Aliases: names that stand for principals (contract 3.27)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length
from axme.contract.schemas.principals import principal_id

ALIAS_TYPES = ("communication", "service", "external")
ALIAS_STATUSES = ("active", "revoked")


def alias_name(*, required: bool = False) -> Text:
    """The name itself, in a request."""
    return Text(required=required, validate=length(3, 255))


class AliasBind(RequestSchema):
    """The body of ``POST /v1/aliases``."""

    principal_id = principal_id(required=True)
    alias = alias_name(required=True)
    alias_type = fields.String(required=True, validate=validate.OneOf(ALIAS_TYPES))
    metadata = Object(load_default=dict)


class Alias(ObjectSchema):
    """A name of a principal, active until it is revoked."""

    alias_id = fields.String(required=True)
    principal_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    alias = fields.String(required=True)
    alias_type = fields.String(required=True)
    status = fields.String(required=True)
    metadata = Object(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    revoked_at = Moment(required=True, allow_none=True)


class AliasAnswer(ObjectSchema):
    """One alias."""

    ok = Flag(required=True)
    alias = fields.Nested(Alias, required=True)


class AliasList(ObjectSchema):
    """Aliases of a workspace or organization."""

    ok = Flag(required=True)
    aliases = fields.List(fields.Nested(Alias), required=True)


class ResolvedPrincipal(ObjectSchema):
    """As much of a principal as whoever knows its alias is told."""

    principal_id = fields.String(required=True)
    principal_type = fields.String(required=True)
    display_name = fields.String(allow_none=True)
    status = fields.String(required=True)


class AliasResolution(ObjectSchema):
    """Whom an alias stands for."""

    alias = fields.String(required=True)
    principal = fields.Nested(ResolvedPrincipal, required=True)


class AliasResolutionAnswer(ObjectSchema):
    """The answer to a resolution."""

    ok = Flag(required=True)
    resolution = fields.Nested(AliasResolution, required=True)
