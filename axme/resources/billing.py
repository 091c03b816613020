"""What a workspace pays, as objects (contract 3.24)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.contract.metering import BillingCycle
from axme.resources.base import Resource
from axme.resources.collections import Collection, Page, page
from axme.resources.fields import field, optional
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema


class BillingPlan(Resource):
    """The terms of one workspace. Amounts are in the smallest unit of the currency."""

    __slots__ = ()
    _ID = "workspace_id"
    _KEY = "billing_plan"

    billing_plan_id = field("billing_plan_id", str)
    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    plan_code = field("plan_code", str)
    currency = field("currency", str)
    billing_cycle = field("billing_cycle", BillingCycle)
    monthly_commit_minor = field("monthly_commit_minor", int)
    seats_included = field("seats_included", int)
    overage_unit_price_minor = field("overage_unit_price_minor", int)
    status = field("status", str)
    updated_by_actor_id = optional("updated_by_actor_id", str)
    metadata = field("metadata", dict[str, Any])
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.billing import BillingPlan as Shape

        return Shape

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_billing_plan(org_id=self._snapshot.raw.get("org_id"), workspace_id=self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (self._seen("plan_code"), self._seen("billing_cycle"), self._seen("currency"))))


class Invoice(Resource):
    """What one month costs; ``metadata`` says how it was computed."""

    __slots__ = ()
    _ID = "invoice_id"
    _KEY = "invoice"

    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    billing_plan_id = optional("billing_plan_id", str)
    period_start = field("period_start", datetime)
    period_end = field("period_end", datetime)
    subtotal_minor = field("subtotal_minor", int)
    total_minor = field("total_minor", int)
    currency = field("currency", str)
    status = field("status", str)
    due_at = optional("due_at", datetime)
    issued_at = optional("issued_at", datetime)
    paid_at = optional("paid_at", datetime)
    metadata = field("metadata", dict[str, Any])
    created_at = field("created_at", datetime)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.billing import Invoice as Shape

        return Shape

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_billing_invoice(self.id)

    def _summary(self) -> str:
        amount = " ".join(filter(None, (self._seen("total_minor"), self._seen("currency"))))
        return " ".join(filter(None, (self._seen("period_start")[:7], self._seen("status"), amount)))


class Invoices(Collection):
    """The invoices of one workspace."""

    __slots__ = ("_org_id", "_workspace_id")

    def __init__(self, client: FlatCalls, org_id: str | None = None, workspace_id: str | None = None) -> None:
        super().__init__(client)
        self._org_id = org_id
        self._workspace_id = workspace_id

    def list(self, *, status: str | None = None) -> Page[Invoice]:
        """One invoice a month, the newest first. ``GET /v1/billing/invoices``

        Args:
            status: only those that are ``draft`` (the running month) or ``issued``.

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        answer = self._api.list_billing_invoices(org_id=self._org_id, workspace_id=self._workspace_id, status=status)
        return page(answer, "invoices", lambda raw: Invoice._from(self._api, raw), kind=Invoice, what="invoices")

    def get(self, invoice_id: str) -> Invoice:
        """One invoice. ``GET /v1/billing/invoices/{invoice_id}``

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return Invoice(self._api, invoice_id).refresh()


class Billing(Collection):
    """Plan and invoices of one workspace, the caller's own unless another is named."""

    __slots__ = ("_org_id", "_workspace_id")

    def __init__(self, client: FlatCalls, org_id: str | None = None, workspace_id: str | None = None) -> None:
        super().__init__(client)
        self._org_id = org_id
        self._workspace_id = workspace_id

    @property
    def invoices(self) -> Invoices:
        """One invoice a month."""
        return Invoices(self._api, self._org_id, self._workspace_id)

    def plan(self) -> BillingPlan:
        """The plan in force. ``GET /v1/billing/plan``

        Raises:
            AxmeNotFoundError: the workspace has no plan, or there is no such workspace.
        """
        answer = self._api.get_billing_plan(org_id=self._org_id, workspace_id=self._workspace_id)
        return BillingPlan._from(self._api, answer.get("billing_plan"))

    def update(
        self,
        plan_code: str,
        *,
        currency: str,
        monthly_commit_minor: int,
        overage_unit_price_minor: int = 0,
        billing_cycle: str = "monthly",
        seats_included: int = 0,
        metadata: Mapping[str, Any] | None = None,
    ) -> BillingPlan:
        """Set the plan, from this month's invoice on. ``PATCH /v1/billing/plan``

        Args:
            plan_code: what the plan is called, such as ``pro``.
            currency: such as ``EUR``.
            monthly_commit_minor: what a month costs, in the smallest unit of the currency.
            overage_unit_price_minor: what one unit beyond a limit costs, with the quota on ``bill_overage``.
            billing_cycle: ``annual`` puts the commitment of twelve months on the first invoice of each year.
            seats_included: how many people the plan is for.
            metadata: anything of your own.

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        body: dict[str, Any] = {
            "org_id": self._org_id,
            "workspace_id": self._workspace_id,
            "plan_code": plan_code,
            "currency": currency,
            "billing_cycle": billing_cycle,
            "monthly_commit_minor": monthly_commit_minor,
            "seats_included": seats_included,
            "overage_unit_price_minor": overage_unit_price_minor,
            "metadata": dict(metadata) if metadata else None,
        }
        answer = self._api.update_billing_plan({name: value for name, value in body.items() if value is not None})
        return BillingPlan._from(self._api, answer.get("billing_plan"))
