"""Quotas, what was used of them, and billing plans."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table

from axme.gateway.store.tables.build import key, metadata, number, text_, text_or_null

quota_policies = Table(
    "quota_policies",
    metadata,
    key("workspace_id", "workspaces.workspace_id"),
    text_("quota_policy_id"),
    number("soft_threshold_percent"),
    number("hard_enforcement"),
    text_("overage_mode"),
    text_or_null("updated_by_actor_id"),
    number("updated_at"),
)

# One row for each limit that was set, holding all that a write has to know of it.
quota_limits = Table(
    "quota_limits",
    metadata,
    key("workspace_id", "quota_policies.workspace_id"),
    key("dimension"),
    number("ceiling"),
    number("soft"),
    text_("beyond"),
    sqlite_with_rowid=False,
)

# Days are counted from 1970 in UTC. Shards let transactions count side by side; what is stored now stands in day 0.
usage_counts = Table(
    "usage_counts",
    metadata,
    key("workspace_id", "workspaces.workspace_id"),
    key("dimension"),
    Column("day", BigInteger, primary_key=True),
    Column("shard", BigInteger, primary_key=True),
    number("used"),
    sqlite_with_rowid=False,
)

# Closed days, one row for each dimension; a day's counts move here as a whole.
usage_days = Table(
    "usage_days",
    metadata,
    key("workspace_id", "workspaces.workspace_id"),
    key("dimension"),
    Column("day", BigInteger, primary_key=True),
    number("used"),
    sqlite_with_rowid=False,
)

# Every version of a plan, so that an old invoice is computed by the terms of its time.
billing_plans = Table(
    "billing_plans",
    metadata,
    key("workspace_id", "workspaces.workspace_id"),
    Column("version", BigInteger, primary_key=True),
    text_("billing_plan_id"),
    text_("plan_code"),
    text_("currency"),
    text_("billing_cycle"),
    # The first month of the cycle, counted from year 0.
    number("cycle_month"),
    number("monthly_commit_minor"),
    number("seats_included"),
    number("overage_unit_price_minor"),
    text_("updated_by_actor_id"),
    text_("metadata"),
    number("created_at"),
    number("updated_at"),
)
