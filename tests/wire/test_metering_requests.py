"""What the calls about quotas, usage and billing put on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from axme import AxmeClient
from tests.wire.recorder import Recorder

PLACE = {"org_id": "org-1", "workspace_id": "ws-1"}
QUOTA = PLACE | {"dimensions": {"intents_per_day": 5}, "overage_mode": "grace", "updated_by_actor_id": "me"}
PLAN = PLACE | {"plan_code": "pro", "currency": "EUR", "monthly_commit_minor": 100, "overage_unit_price_minor": 1}

CALLS: dict[str, tuple[Callable[[AxmeClient], Any], str, str, dict[str, str], Any]] = {
    "get_quota": (lambda c: c.get_quota(**PLACE), "GET", "/v1/quotas", PLACE, None),
    "update_quota": (lambda c: c.update_quota(QUOTA), "PATCH", "/v1/quotas", {}, QUOTA),
    "get_usage_summary": (
        lambda c: c.get_usage_summary(**PLACE, window="week"),
        "GET", "/v1/usage/summary", PLACE | {"window": "week"}, None,
    ),
    "get_usage_timeseries": (
        lambda c: c.get_usage_timeseries(**PLACE, window_days=7),
        "GET", "/v1/usage/timeseries", PLACE | {"window_days": "7"}, None,
    ),
    "rollup_usage_daily": (
        lambda c: c.rollup_usage_daily(**PLACE), "POST", "/v1/usage/rollups/daily", PLACE, None,
    ),
    "get_billing_plan": (lambda c: c.get_billing_plan(**PLACE), "GET", "/v1/billing/plan", PLACE, None),
    "update_billing_plan": (lambda c: c.update_billing_plan(PLAN), "PATCH", "/v1/billing/plan", {}, PLAN),
    "list_billing_invoices": (
        lambda c: c.list_billing_invoices(**PLACE, status="draft"),
        "GET", "/v1/billing/invoices", PLACE | {"status": "draft"}, None,
    ),
    "get_billing_invoice": (
        lambda c: c.get_billing_invoice("inv/1"), "GET", "/v1/billing/invoices/inv%2F1", {}, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_one_request(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    call, method, path, query, body = CALLS[name]
    assert call(flat) == {"ok": True}
    (asked,) = recorder.asked
    assert (asked.method, asked.path, asked.query, asked.body) == (method, path, query, body)


@pytest.mark.parametrize("name", [name for name in CALLS if CALLS[name][1] != "GET"])
def test_writes_carry_a_key(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    CALLS[name][0](flat)
    assert recorder.last.headers["idempotency-key"]
