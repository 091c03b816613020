"""Quotas, usage and billing as an administrator meets them, on a real gateway."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from axme import AxmeClient, AxmeNotFoundError, AxmePermissionError, AxmeQuotaError, AxmeValueError
from axme.gateway import LocalGateway
from axme.resources.workspaces import Workspace


@pytest.fixture
def workspace(client: AxmeClient) -> Workspace:
    """A workspace of its own, so that nobody else counts in it."""
    organization = client.organizations.create(f"metered {uuid.uuid4().hex[:8]}")
    return organization.workspaces.create("production", environment="production")


@pytest.fixture
def tenant(gateway: LocalGateway, workspace: Workspace) -> Iterator[AxmeClient]:
    """A client with a key of that workspace."""
    key = workspace.service_accounts.create("robot").create_key()
    with gateway.client(api_key=key.reveal()) as made:
        yield made


def test_a_quota_is_read_changed_and_held(workspace: Workspace, tenant: AxmeClient) -> None:
    quota = workspace.quota
    assert quota.dimensions["intents_per_day"] > 1000, "generous until somebody says otherwise"
    assert (quota.overage_mode, quota.hard_enforcement, quota.soft_threshold_percent) == ("block", True, 80)

    assert quota.update({"intents_per_day": 1}) is quota
    assert quota.dimensions["intents_per_day"] == 1
    assert quota.dimensions["inbox_writes_per_day"] > 1000, "what was not named stays"

    tenant.intents.create("order.v1", to="shop")
    with pytest.raises(AxmeQuotaError) as refused:
        tenant.intents.create("order.v1", to="shop")
    assert refused.value.details["dimension"] == "intents_per_day"
    assert (refused.value.details["used"], refused.value.details["limit"]) == (1, 1)
    assert refused.value.details["reset_at"].endswith("T00:00:00.000000Z")
    assert not refused.value.retryable

    quota.update(overage_mode="grace")
    tenant.intents.create("order.v1", to="shop")
    used = workspace.usage.summary().dimensions["intents_per_day"]
    assert (used.used, used.limit, used.remaining) == (2, 1, -1)


def test_a_misspelt_dimension_is_named_before_anything_is_sent(workspace: Workspace) -> None:
    with pytest.raises(AxmeValueError, match="'intents': there are requests_per_minute, intents_per_day"):
        workspace.quota.update({"intents": 3})


def test_only_administrators_of_the_organization_change_quotas(tenant: AxmeClient) -> None:
    assert tenant.quotas.get().dimensions["intents_per_day"] > 0
    with pytest.raises(AxmePermissionError, match="org_owner, org_admin"):
        tenant.quotas.get().update({"intents_per_day": 5})


def test_usage_is_what_happened(workspace: Workspace, tenant: AxmeClient) -> None:
    for _ in range(3):
        tenant.intents.create("order.v1", to="shop", idempotency_key="the same")
    tenant.intents.create("order.v1", to="shop")
    summary = workspace.usage.summary("month")
    assert summary.dimensions["intents_per_day"].used == 2, "a replay is no second intent"
    assert summary.window_start.day == 1
    points = workspace.usage.timeseries(days=7)
    assert len(points) == 7
    assert [point.dimensions["intents_per_day"] for point in points] == [0] * 6 + [2]
    assert points[-1].at - points[0].at == timedelta(days=6)
    assert tenant.usage.summary().dimensions["intents_per_day"].used == 2, "by its own key, the same"


def test_a_plan_and_its_invoices(workspace: Workspace, tenant: AxmeClient) -> None:
    with pytest.raises(AxmeNotFoundError, match="no billing plan"):
        workspace.billing.plan()
    assert workspace.billing.invoices.list().all() == []

    plan = workspace.billing.update("pro", currency="EUR", monthly_commit_minor=4900, overage_unit_price_minor=5)
    assert (plan.plan_code, plan.currency, plan.billing_cycle, plan.status) == ("pro", "EUR", "monthly", "active")
    assert workspace.billing.plan() == plan

    workspace.quota.update({"intents_per_day": 1}, overage_mode="bill_overage")
    for _ in range(3):
        tenant.intents.create("order.v1", to="shop")
    (draft,) = workspace.billing.invoices.list()
    assert (draft.status, draft.total_minor, draft.currency) == ("draft", 4900 + 2 * 5, "EUR")
    assert draft.metadata["overage_units"] == 2
    assert draft.due_at is None
    assert workspace.billing.invoices.get(draft.id).raw == draft.refresh().raw
    assert workspace.billing.invoices.list(status="issued").all() == []


def test_another_tenants_numbers_do_not_exist(client: AxmeClient, workspace: Workspace, tenant: AxmeClient) -> None:
    workspace.billing.update("pro", currency="EUR", monthly_commit_minor=1)
    invoice = workspace.billing.invoices.list()[0]
    home = client.quotas.get()
    for read in (
        lambda: tenant.quotas.get(org_id=home.org_id, workspace_id=home.id),
        lambda: tenant.get_usage_summary(org_id=home.org_id, workspace_id=home.id),
        lambda: tenant.list_billing_invoices(org_id=home.org_id, workspace_id=home.id),
    ):
        with pytest.raises(AxmeNotFoundError):
            read()
    stranger = invoice.id.replace(workspace.id, home.id)
    with pytest.raises(AxmeNotFoundError) as other:
        tenant.get_billing_invoice(stranger)
    with pytest.raises(AxmeNotFoundError) as missing:
        tenant.get_billing_invoice("inv_nothing")
    assert other.value.message == missing.value.message
