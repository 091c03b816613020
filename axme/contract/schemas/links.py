"""Links to tasks, an addition of this gateway to the protocol."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.limits import ADDRESS_CHARS, LINK_SECONDS
from axme.contract.schemas.base import Flag, Moment, ObjectSchema, RequestSchema, Text, length, whole


class LinkCreate(RequestSchema):
    """The body of ``POST /v1/intents/{intent_id}/links``."""

    recipient = Text(required=True, validate=length(1, ADDRESS_CHARS))
    expires_in_seconds = whole(*LINK_SECONDS)


class Link(ObjectSchema):
    """What lets one recipient answer one task; ``url`` is shown once, when it is made."""

    link_id = fields.String(required=True)
    intent_id = fields.String(required=True)
    recipient = fields.String(required=True)
    state = fields.String(required=True)
    made_by = fields.String(required=True)
    created_at = Moment(required=True)
    expires_at = Moment(required=True)
    revoked_at = Moment(required=True, allow_none=True)
    url = fields.String()


class LinkAnswer(ObjectSchema):
    """One link."""

    ok = Flag(required=True)
    link = fields.Nested(Link, required=True)


class LinkList(ObjectSchema):
    """The links of a task."""

    ok = Flag(required=True)
    links = fields.List(fields.Nested(Link), required=True)
