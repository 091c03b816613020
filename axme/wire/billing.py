"""Billing plans and invoices (contract 3.24)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire._base import WireCalls


class BillingCalls(WireCalls):
    """The flat calls about billing. The workspace is the caller's own by default."""

    def get_billing_plan(
        self, *, org_id: str | None = None, workspace_id: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """The plan of a workspace. ``GET /v1/billing/plan``

        Returns:
            ``{"ok": True, "billing_plan": {…}}``.

        Raises:
            AxmeNotFoundError: the workspace has no plan, or there is no such workspace.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id}
        return self._call("get_billing_plan", "GET", "/v1/billing/plan", query=query, trace_id=trace_id)

    def update_billing_plan(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Set the plan of a workspace, from this month on. ``PATCH /v1/billing/plan``

        Args:
            payload: ``org_id``, ``workspace_id``, ``plan_code``, ``currency``, ``monthly_commit_minor`` and
                ``overage_unit_price_minor`` (in the smallest unit of the currency), and perhaps ``billing_cycle``
                (``monthly`` or ``annual``), ``seats_included``, ``metadata``, ``updated_by_actor_id``.

        Returns:
            ``{"ok": True, "billing_plan": {…}}``.

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        return self._call(
            "update_billing_plan",
            "PATCH",
            "/v1/billing/plan",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def list_billing_invoices(
        self,
        *,
        org_id: str | None = None,
        workspace_id: str | None = None,
        status: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """The invoices of a workspace, one a month, the newest first. ``GET /v1/billing/invoices``

        Args:
            status: only those that are ``draft``, ``issued``, ``paid``, ``overdue`` or ``void``.

        Returns:
            ``{"ok": True, "invoices": […]}``.

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        query = {"org_id": org_id, "workspace_id": workspace_id, "status": status}
        return self._call("list_billing_invoices", "GET", "/v1/billing/invoices", query=query, trace_id=trace_id)

    def get_billing_invoice(self, invoice_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One invoice. ``GET /v1/billing/invoices/{invoice_id}``

        Returns:
            ``{"ok": True, "invoice": {…}}``.

        Raises:
            AxmeNotFoundError: there is none with this id.
        """
        return self._call("get_billing_invoice", "GET", "/v1/billing/invoices/{}", invoice_id, trace_id=trace_id)
