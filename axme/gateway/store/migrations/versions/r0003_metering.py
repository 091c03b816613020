"""Quotas, usage and billing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"


def upgrade() -> None:
    """Create the tables; a workspace without a quota has the limits of the house."""
    _create(
        "quota_policies",
        _text("workspace_id"),
        _text("quota_policy_id"),
        _number("soft_threshold_percent"),
        _number("hard_enforcement"),
        _text("overage_mode"),
        sa.Column("updated_by_actor_id", sa.Text(), nullable=True),
        _number("updated_at"),
        primary=("workspace_id",),
    )
    _create(
        "quota_limits",
        _text("workspace_id"),
        _text("dimension"),
        _number("ceiling"),
        _number("soft"),
        _text("beyond"),
        primary=("workspace_id", "dimension"),
        target="quota_policies.workspace_id",
        rowid=False,
    )
    _create(
        "usage_counts",
        _text("workspace_id"),
        _text("dimension"),
        _number("day"),
        _number("shard"),
        _number("used"),
        primary=("workspace_id", "dimension", "day", "shard"),
        rowid=False,
    )
    _create(
        "usage_days",
        _text("workspace_id"),
        _text("dimension"),
        _number("day"),
        _number("used"),
        primary=("workspace_id", "dimension", "day"),
        rowid=False,
    )
    _create(
        "billing_plans",
        _text("workspace_id"),
        _number("version"),
        _text("billing_plan_id"),
        _text("plan_code"),
        _text("currency"),
        _text("billing_cycle"),
        _number("cycle_month"),
        _number("monthly_commit_minor"),
        _number("seats_included"),
        _number("overage_unit_price_minor"),
        _text("updated_by_actor_id"),
        _text("metadata"),
        _number("created_at"),
        _number("updated_at"),
        primary=("workspace_id", "version"),
    )


def _create(
    table: str,
    *columns: sa.Column[str] | sa.Column[int],
    primary: tuple[str, ...],
    target: str = "workspaces.workspace_id",
    rowid: bool = True,
) -> None:
    op.create_table(
        table,
        *columns,
        sa.ForeignKeyConstraint(["workspace_id"], [target], name=f"fk_{table}_workspace_id"),
        sa.PrimaryKeyConstraint(*primary, name=f"pk_{table}"),
        sqlite_with_rowid=rowid,
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
