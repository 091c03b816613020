"""The audit trail (contract 3.33)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema


class AuditEvent(ObjectSchema):
    """One change, or one refused attempt: who, what, when, by which request."""

    event_id = fields.String(required=True)
    at = Moment(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(allow_none=True)
    actor = fields.String(required=True)
    key_id = fields.String(required=True)
    request_id = fields.String(allow_none=True)
    action = fields.String(required=True)
    target = fields.String(required=True)
    outcome = fields.String(required=True)
    details = Object(keys=fields.String())


class AuditEventList(ObjectSchema):
    """What happened, the newest first."""

    ok = Flag(required=True)
    events = fields.List(fields.Nested(AuditEvent), required=True)
