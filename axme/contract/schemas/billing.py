"""Billing plans and the invoices that follow from them (contract 3.24)."""

from __future__ import annotations

from marshmallow import fields, validate

from axme.contract.metering import INVOICE_STATUSES, BillingCycle
from axme.contract.schemas.base import Flag, Moment, Object, ObjectSchema, RequestSchema, Text, length, whole
from axme.contract.schemas.quotas import LARGEST

#: An amount in the smallest unit of its currency.
_MINOR = (0, 10**12)


class BillingPlanUpdate(RequestSchema):
    """The body of ``PATCH /v1/billing/plan``; the workspace defaults to the caller's."""

    org_id = fields.String()
    workspace_id = fields.String()
    plan_code = Text(required=True, validate=length(2, 64))
    currency = Text(required=True, validate=length(3, 16))
    billing_cycle = fields.String(load_default=BillingCycle.MONTHLY.value, validate=validate.OneOf(list(BillingCycle)))
    monthly_commit_minor = whole(*_MINOR, required=True)
    seats_included = whole(0, LARGEST, load_default=0)
    overage_unit_price_minor = whole(*_MINOR, load_default=0)
    updated_by_actor_id = Text(validate=length(1, 255))
    metadata = Object(load_default=dict)


class BillingPlan(ObjectSchema):
    """What a workspace pays."""

    billing_plan_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    plan_code = fields.String(required=True)
    currency = fields.String(required=True)
    billing_cycle = fields.Enum(BillingCycle, by_value=True, required=True)
    monthly_commit_minor = whole(0, required=True)
    seats_included = whole(0, required=True)
    overage_unit_price_minor = whole(0, required=True)
    status = fields.String(required=True)
    updated_by_actor_id = fields.String(required=True, allow_none=True)
    metadata = Object(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class BillingPlanAnswer(ObjectSchema):
    """One plan."""

    ok = Flag(required=True)
    billing_plan = fields.Nested(BillingPlan, required=True)


class Invoice(ObjectSchema):
    """What one month costs."""

    invoice_id = fields.String(required=True)
    org_id = fields.String(required=True)
    workspace_id = fields.String(required=True)
    billing_plan_id = fields.String(required=True, allow_none=True)
    period_start = Moment(required=True)
    period_end = Moment(required=True)
    subtotal_minor = whole(0, required=True)
    total_minor = whole(0, required=True)
    currency = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(INVOICE_STATUSES))
    due_at = Moment(required=True, allow_none=True)
    issued_at = Moment(required=True, allow_none=True)
    paid_at = Moment(required=True, allow_none=True)
    metadata = Object(required=True)
    created_at = Moment(required=True)
    updated_at = Moment(required=True)


class InvoiceAnswer(ObjectSchema):
    """One invoice."""

    ok = Flag(required=True)
    invoice = fields.Nested(Invoice, required=True)


class InvoiceList(ObjectSchema):
    """The invoices of a workspace, the newest first."""

    ok = Flag(required=True)
    invoices = fields.List(fields.Nested(Invoice), required=True)
