"""Semantic schemas: what the payload of an intent type looks like (contract 3.13)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length

SEMANTIC_TYPE = r"^[a-z0-9_]+(?:\.[a-z0-9_]+)+\.v[0-9]+\Z"
MODES = ("strict", "backward", "warn")
SCOPES = ("tenant", "core")


class SchemaUpsert(RequestSchema):
    """The body of ``POST /v1/schemas``."""

    semantic_type = fields.String(
        required=True, validate=[length(5, 255), validate.Regexp(SEMANTIC_TYPE, error="Write it like order.line.v1.")]
    )
    schema_json = Object(required=True)
    schema_ref = Text(validate=length(0, 512))
    compatibility_mode = fields.String(required=True, validate=validate.OneOf(MODES))
    scope = fields.String(load_default="tenant", validate=validate.OneOf(SCOPES))
    active = Flag()


class SemanticSchema(ObjectSchema):
    """A registered schema; ``schema_json`` comes only where one is read."""

    semantic_type = fields.String(required=True)
    schema_ref = fields.String(required=True)
    schema_hash = fields.String(required=True)
    compatibility_mode = fields.String(required=True)
    scope = fields.String(required=True)
    owner_agent = fields.String(required=True, allow_none=True)
    active = Flag(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    schema_json = Object()


class SchemaAnswer(ObjectSchema):
    """One schema, and what a ``warn`` change breaks."""

    ok = Flag(required=True)
    schema = fields.Nested(SemanticSchema, required=True)
    warnings = fields.List(fields.String())
