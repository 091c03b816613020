"""Quotas of a workspace (contract 3.22)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.metering import OverageMode
from axme.contract.schemas.base import Flag, Moment, ObjectSchema, RequestSchema, Text, length, whole

#: The largest whole number that both databases and JavaScript clients can hold.
LARGEST = 2**53 - 1


class QuotaDimensions(RequestSchema):
    """Limits by dimension; those that are left out stay as they are."""

    requests_per_minute = whole(0, LARGEST)
    intents_per_day = whole(0, LARGEST)
    inbox_writes_per_day = whole(0, LARGEST)
    media_upload_bytes_per_day = whole(0, LARGEST)
    media_storage_bytes = whole(0, LARGEST)
    webhook_deliveries_per_day = whole(0, LARGEST)
    schema_writes_per_day = whole(0, LARGEST)


class QuotaUpdate(RequestSchema):
    """The body of ``PATCH /v1/quotas``; the workspace defaults to the caller's."""

    org_id = fields.String()
    workspace_id = fields.String()
    dimensions = fields.Nested(QuotaDimensions, load_default=dict)
    soft_threshold_percent = whole(1, 100)
    hard_enforcement = Flag()
    overage_mode = fields.String(validate=validate.OneOf(list(OverageMode)))
    updated_by_actor_id = Text(validate=length(1, 255))


class QuotaPolicy(ObjectSchema):
    """What a workspace may use, and what happens beyond that."""

    quota_policy_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    dimensions = fields.Dict(keys=fields.String(), values=whole(0), required=True)
    soft_threshold_percent = whole(1, 100, required=True)
    hard_enforcement = Flag()
    overage_mode = fields.Enum(OverageMode, by_value=True, required=True)
    updated_by_actor_id = fields.String(allow_none=True)
    updated_at = Moment(required=True)


class QuotaAnswer(ObjectSchema):
    """One quota."""

    ok = Flag(required=True)
    quota_policy = fields.Nested(QuotaPolicy, required=True)
