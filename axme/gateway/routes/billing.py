"""Billing plans and invoices (contract 3.24)."""

from __future__ import annotations

from axme.contract.metering import INVOICE_STATUSES
from axme.contract.schemas import billing as schemas
from axme.gateway.actions import billing
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import IN_ORGANIZATION, IN_WORKSPACE, Text
from axme.gateway.store import Tx

_PLAN = "/v1/billing/plan"
_INVOICES = "/v1/billing/invoices"


def get_plan(tx: Tx, asked: Asked) -> Body:
    """The plan of a workspace."""
    return billing.get_plan(tx, asked.who, org_id=asked.query["org_id"], workspace_id=asked.query["workspace_id"])


def update_plan(tx: Tx, asked: Asked) -> Body:
    """Set the plan of a workspace."""
    return billing.update_plan(tx, asked.who, asked.body)


def list_invoices(tx: Tx, asked: Asked) -> Body:
    """The invoices of a workspace."""
    query = asked.query
    return billing.list_invoices(
        tx, asked.who, org_id=query["org_id"], workspace_id=query["workspace_id"], status=query["status"]
    )


def get_invoice(tx: Tx, asked: Asked) -> Body:
    """One invoice."""
    return billing.get_invoice(tx, asked.who, asked.params["invoice_id"])


OPERATIONS = (
    Operation(
        methods=("GET",),
        path=_PLAN,
        name="get_billing_plan",
        about="What a workspace pays.",
        access=Access.TENANT,
        may=roles.METERING_READ,
        action=Reads(get_plan),
        query=(IN_ORGANIZATION, IN_WORKSPACE),
        answer=schemas.BillingPlanAnswer,
    ),
    Operation(
        methods=("PATCH",),
        path=_PLAN,
        name="update_billing_plan",
        about="Set what a workspace pays, from this month on.",
        access=Access.TENANT,
        may=roles.BILLING_UPDATE,
        action=Writes(update_plan),
        body=schemas.BillingPlanUpdate,
        answer=schemas.BillingPlanAnswer,
    ),
    Operation(
        methods=("GET",),
        path=_INVOICES,
        name="list_billing_invoices",
        about="An invoice for each month, the newest first.",
        access=Access.TENANT,
        may=roles.METERING_READ,
        action=Reads(list_invoices),
        query=(
            IN_ORGANIZATION,
            IN_WORKSPACE,
            Text(name="status", about="Only those with this status.", choices=INVOICE_STATUSES),
        ),
        answer=schemas.InvoiceList,
    ),
    Operation(
        methods=("GET",),
        path=f"{_INVOICES}/{{invoice_id}}",
        name="get_billing_invoice",
        about="One invoice.",
        access=Access.TENANT,
        may=roles.METERING_READ,
        action=Reads(get_invoice),
        answer=schemas.InvoiceAnswer,
    ),
)
