"""What a workspace has used (contract 3.23)."""

from __future__ import annotations

from marshmallow import fields

from axme.contract.schemas.base import Flag, Moment, ObjectSchema, whole


class DimensionUsage(ObjectSchema):
    """One dimension in a window. ``remaining`` is below 0 once a limit that only counts was passed."""

    used = whole(0, required=True)
    limit = whole(0, required=True)
    remaining = fields.Integer(required=True)


class UsageSummary(ObjectSchema):
    """All dimensions in a window."""

    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    window_start = Moment(required=True)
    window_end = Moment(required=True)
    dimensions = fields.Dict(keys=fields.String(), values=fields.Nested(DimensionUsage), required=True)


class UsageSummaryAnswer(ObjectSchema):
    """One summary."""

    ok = Flag(required=True)
    summary = fields.Nested(UsageSummary, required=True)


class UsagePoint(ObjectSchema):
    """What was used in the day that begins at ``at``."""

    at = Moment(required=True)
    dimensions = fields.Dict(keys=fields.String(), values=whole(0), required=True)


class UsageSeries(ObjectSchema):
    """One point for each day, the oldest first."""

    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    granularity = fields.String(required=True)
    points = fields.List(fields.Nested(UsagePoint), required=True)


class UsageSeriesAnswer(ObjectSchema):
    """One series."""

    ok = Flag(required=True)
    series = fields.Nested(UsageSeries, required=True)


class UsageRollup(ObjectSchema):
    """How many closed days were rolled up just now."""

    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    window_start = Moment(required=True)
    window_end = Moment(required=True)
    days_rolled_up = whole(0, required=True)


class UsageRollupAnswer(ObjectSchema):
    """One roll-up."""

    ok = Flag(required=True)
    rollup = fields.Nested(UsageRollup, required=True)
