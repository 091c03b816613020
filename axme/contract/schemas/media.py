"""Media: files that are too large for a payload (contract 3.17)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from axme.contract.schemas.base import Address, Flag, Moment, ObjectSchema, RequestSchema, Text, length, whole

LARGEST_BYTES = 2_147_483_648
TTL_SECONDS = (60, 604_800)
DEFAULT_TTL_SECONDS = 86_400
STATUSES = ("pending", "ready", "expired")
_MIME_TYPE = r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?:; ?[A-Za-z0-9-]+=[A-Za-z0-9!#$&^_.+-]+)*\Z"


def _sha256(**options: Any) -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"^[a-f0-9]{64}\Z", error="Write the SHA-256 as 64 hexadecimal digits."), **options
    )


class MediaCreate(RequestSchema):
    """The body of ``POST /v1/media/create-upload``; the owner defaults to the key's agent."""

    owner_agent = Address()
    filename = Text(required=True, validate=length(1, 255))
    mime_type = fields.String(
        required=True, validate=[length(3, 255), validate.Regexp(_MIME_TYPE, error="Write it like image/png.")]
    )
    size_bytes = whole(1, LARGEST_BYTES, required=True)
    sha256 = _sha256()
    ttl_seconds = whole(*TTL_SECONDS, load_default=DEFAULT_TTL_SECONDS)


class MediaFinalize(RequestSchema):
    """The body of ``POST /v1/media/finalize-upload``."""

    upload_id = fields.String(required=True)
    size_bytes = whole(1, LARGEST_BYTES, required=True)
    sha256 = _sha256()


class MediaUpload(ObjectSchema):
    """An upload, in each of the forms an answer has."""

    ok = Flag()
    upload_id = fields.String(required=True)
    owner_agent = fields.String(required=True)
    bucket = fields.String(required=True)
    object_path = fields.String(required=True)
    upload_url = fields.String()
    max_size_bytes = whole(1)
    mime_type = fields.String()
    filename = fields.String()
    size_bytes = whole(1)
    sha256 = fields.String(allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    created_at = Moment()
    expires_at = Moment()
    finalized_at = Moment(allow_none=True)
    download_url = fields.String(allow_none=True)
    preview_url = fields.String(allow_none=True)


class MediaAnswer(ObjectSchema):
    """One upload."""

    ok = Flag(required=True)
    upload = fields.Nested(MediaUpload, required=True)


class MediaReceived(ObjectSchema):
    """The bytes that have arrived."""

    ok = Flag(required=True)
    upload_id = fields.String(required=True)
    size_bytes = whole(0, required=True)
    sha256 = fields.String(required=True)
