"""The plan of a workspace, and the invoices that follow from it and from what was used (contract 3.24).

An invoice is not stored: it is computed from the roll-ups of its month and the terms in force at the month's end,
and comes out the same every time.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import NOT_FOUND
from axme.contract.metering import DAY
from axme.gateway.actions import audit, usage
from axme.gateway.actions.tenants import the_workspace, workspace_of
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy.invoices import DUE_DAYS, charge, terms_of
from axme.gateway.policy.periods import day_of, month_days, month_from, month_of, month_text
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.queries import billing
from axme.gateway.store.tx import Row, Tx

_INVOICE_ID = re.compile(r"inv_([0-9]{4}-[0-9]{2})_([0-9a-f-]{36})")
_ASKED = (
    "plan_code",
    "currency",
    "billing_cycle",
    "monthly_commit_minor",
    "seats_included",
    "overage_unit_price_minor",
)


def get_plan(tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None) -> dict[str, Any]:
    """The plan of a workspace. ``GET /v1/billing/plan``

    Raises:
        GatewayError: 404, also when there is no plan; 403.
    """
    workspace = the_workspace(tx, who, org_id, workspace_id)
    versions = _versions(tx, workspace)
    if not versions:
        raise GatewayError(NOT_FOUND, "this workspace has no billing plan: set one with PATCH /v1/billing/plan")
    return {"ok": True, "billing_plan": _plan(workspace, versions[-1])}


def update_plan(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Set the plan; from this month's invoice on, its terms hold. ``PATCH /v1/billing/plan``

    Args:
        tx: the transaction.
        who: the caller.
        body: as :class:`~axme.contract.schemas.billing.BillingPlanUpdate` loads it.

    Raises:
        GatewayError: 404; 403.
    """
    workspace = the_workspace(tx, who, body.get("org_id"), body.get("workspace_id"))
    versions = _versions(tx, workspace)
    last: Mapping[str, Any] = versions[-1] if versions else {}
    keeps_cycle = last.get("billing_cycle") == body["billing_cycle"]
    row: Row = {
        "workspace_id": workspace["workspace_id"],
        "version": len(versions) + 1,
        "billing_plan_id": last.get("billing_plan_id") or f"bp_{uuid.uuid4().hex[:20]}",
        **{name: body[name] for name in _ASKED},
        "cycle_month": last["cycle_month"] if keeps_cycle else month_of(day_of(tx.now)),
        "updated_by_actor_id": body.get("updated_by_actor_id") or who.actor,
        "metadata": to_json(body["metadata"]),
        "created_at": last.get("created_at", tx.now),
        "updated_at": tx.now,
    }
    tx.run(billing.INSERT, row)
    audit.record(
        tx,
        who,
        "billing.plan.update",
        row["billing_plan_id"],
        details={name: row[name] for name in _ASKED},
        org_id=workspace["org_id"],
        workspace_id=workspace["workspace_id"],
    )
    return {"ok": True, "billing_plan": _plan(workspace, row)}


def list_invoices(
    tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, status: str | None
) -> dict[str, Any]:
    """An invoice for each month since the plan began, the newest first. ``GET /v1/billing/invoices``

    That of the running month is a ``draft``, the others are ``issued``.

    Raises:
        GatewayError: 404; 403.
    """
    workspace = the_workspace(tx, who, org_id, workspace_id)
    versions = _versions(tx, workspace)
    made = [_invoice(tx, workspace, versions, month) for month in reversed(_months(tx, versions))]
    return {"ok": True, "invoices": [invoice for invoice in made if status in (None, invoice["status"])]}


def get_invoice(tx: Tx, who: Identity, invoice_id: str) -> dict[str, Any]:
    """One invoice. ``GET /v1/billing/invoices/{invoice_id}``

    Raises:
        GatewayError: 404, the same for another tenant's and a missing one; 403.
    """
    missing = GatewayError(NOT_FOUND, "there is no such invoice: list those of the workspace")
    found = _INVOICE_ID.fullmatch(invoice_id)
    if found is None:
        raise missing
    try:
        month = month_from(found[1])
        workspace = workspace_of(tx, who, found[2])
    except ValueError:
        raise missing from None
    except GatewayError as error:
        raise missing if error.code is NOT_FOUND else error from None
    versions = _versions(tx, workspace)
    if month not in _months(tx, versions):
        raise missing
    return {"ok": True, "invoice": _invoice(tx, workspace, versions, month)}


def _versions(tx: Tx, workspace: Row) -> list[Row]:
    return tx.run(billing.VERSIONS, {"workspace_id": workspace["workspace_id"]})


def _months(tx: Tx, versions: Sequence[Row]) -> range:
    if not versions:
        return range(0)
    return range(month_of(day_of(versions[0]["created_at"])), month_of(day_of(tx.now)) + 1)


def _invoice(tx: Tx, workspace: Row, versions: Sequence[Row], month: int) -> dict[str, Any]:
    first, after = month_days(month)
    terms = terms_of(versions, month)
    charged = charge(terms, month, usage.overage(tx, workspace["workspace_id"], first, after - 1))
    issued = after <= day_of(tx.now)
    return {
        "invoice_id": f"inv_{month_text(month)}_{workspace['workspace_id']}",
        "org_id": workspace["org_id"],
        "workspace_id": workspace["workspace_id"],
        "billing_plan_id": terms["billing_plan_id"],
        "period_start": to_text(first * DAY),
        "period_end": to_text(after * DAY),
        "subtotal_minor": charged.total_minor,
        "total_minor": charged.total_minor,
        "currency": terms["currency"],
        "status": "issued" if issued else "draft",
        "due_at": to_text((after + DUE_DAYS) * DAY) if issued else None,
        "issued_at": to_text(after * DAY) if issued else None,
        "paid_at": None,
        "metadata": {
            "plan_code": terms["plan_code"],
            "billing_cycle": terms["billing_cycle"],
            "commit_minor": charged.commit_minor,
            "overage_units": charged.overage_units,
            "overage_minor": charged.overage_minor,
        },
        "created_at": to_text(max(first * DAY, versions[0]["created_at"])),
        "updated_at": to_text(after * DAY if issued else max(first * DAY, terms["updated_at"])),
    }


def _plan(workspace: Row, row: Row) -> dict[str, Any]:
    return {
        "billing_plan_id": row["billing_plan_id"],
        "org_id": workspace["org_id"],
        "workspace_id": workspace["workspace_id"],
        **{name: row[name] for name in _ASKED},
        "status": "active",
        "updated_by_actor_id": row["updated_by_actor_id"],
        "metadata": from_json(row["metadata"]),
        "created_at": to_text(row["created_at"]),
        "updated_at": to_text(row["updated_at"]),
    }
