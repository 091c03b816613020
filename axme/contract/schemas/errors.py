"""The body of every answer from 400 up (contract 1.6)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, ObjectSchema


class ErrorInfo(ObjectSchema):
    """The heart of the envelope."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict()
    category = fields.String()
    retryable = Flag()


class ErrorAnswer(ObjectSchema):
    """An error, said in the spellings that clients of all ages read."""

    ok = Flag(required=True)
    error = fields.Nested(ErrorInfo, required=True)
    error_code = fields.String()
    message = fields.String()
    detail = fields.Raw()
    request_id = fields.String()
    trace_id = fields.String()
