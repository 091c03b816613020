"""Mails about tasks, an addition of this gateway to the protocol."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, Moment, ObjectSchema


class Mail(ObjectSchema):
    """A mail about a task, and what became of it."""

    mail_id = fields.String(required=True)
    intent_id = fields.String(required=True)
    occasion = fields.String(required=True)
    recipient = fields.String(required=True)
    address = fields.String(required=True)
    status = fields.String(required=True)
    attempt_count = fields.Integer(required=True)
    error_detail = fields.String(required=True, allow_none=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)
    sent_at = Moment(required=True, allow_none=True)


class MailList(ObjectSchema):
    """The mails about a task."""

    ok = Flag(required=True)
    mails = fields.List(fields.Nested(Mail), required=True)
