"""The mesh: heartbeats and kills of agents, their metrics and events. Webhooks and scenarios."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"


def upgrade() -> None:
    """Add the columns of agents and create the tables."""
    _create_mesh()
    _create_webhooks()
    _create_scenarios()


def _create_mesh() -> None:
    for name in ("killed_at", "last_heartbeat_at"):
        op.add_column("service_accounts", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("service_accounts", sa.Column("health", sa.Text(), nullable=False, server_default="unknown"))
    op.create_table(
        "mesh_metrics",
        sa.Column("service_account_id", sa.Text(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        *[
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("intents_total", "intents_succeeded", "intents_failed", "latency_ms", "cost_micros")
        ],
        sa.PrimaryKeyConstraint("service_account_id", "day", name="pk_mesh_metrics"),
        _account("mesh_metrics"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mesh_events",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        *[
            sa.Column(name, sa.Text(), nullable=False)
            for name in (
                "event_id", "service_account_id", "org_id", "workspace_id", "address", "event_type", "details",
            )
        ],
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_mesh_events"),
        _account("mesh_events"),
    )  # fmt: skip
    op.create_index("ix_mesh_events_workspace_id", "mesh_events", ["workspace_id", "number"], unique=False)
    op.create_index("ix_mesh_events_service_account_id", "mesh_events", ["service_account_id", "number"], unique=False)


def _account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["service_account_id"],
        ["service_accounts.service_account_id"],
        name=f"fk_{table}_service_account_id",
    )


def _create_webhooks() -> None:
    op.create_table(
        "webhook_subscriptions",
        *_texts("subscription_id", "org_id", "workspace_id", "mailbox", "owner_agent", "callback_url", "event_types"),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("active", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        *_numbers("created_at", "updated_at"),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subscription_id", name="pk_webhook_subscriptions"),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name="fk_webhook_subscriptions_org_id"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_webhook_subscriptions_workspace_id"
        ),
    )
    op.create_index(
        "uq_webhook_subscriptions_living",
        "webhook_subscriptions",
        ["mailbox", "callback_url"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "webhook_events",
        *_texts("event_id", "mailbox", "owner_agent", "event_type", "source", "payload"),
        *_numbers("created_at"),
        sa.PrimaryKeyConstraint("event_id", name="pk_webhook_events"),
    )
    op.create_table(
        "webhook_deliveries",
        *_texts("delivery_id", "event_id", "subscription_id", "status"),
        *_numbers("attempt_count"),
        sa.Column("error_detail", sa.Text(), nullable=True),
        *_numbers("created_at", "updated_at"),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_webhook_deliveries"),
        sa.ForeignKeyConstraint(["event_id"], ["webhook_events.event_id"], name="fk_webhook_deliveries_event_id"),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["webhook_subscriptions.subscription_id"],
            name="fk_webhook_deliveries_subscription_id",
        ),
    )
    op.create_index("ix_webhook_deliveries_event_id", "webhook_deliveries", ["event_id"], unique=False)


def _create_scenarios() -> None:
    for name in ("scenario_id", "compile_id", "parent_intent_id", "step_id"):
        op.add_column("intents", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "scenario_runs",
        *_texts("intent_id", "sender", "steps", "step_id"),
        *_numbers("attempt"),
        sa.Column("step_intent_id", sa.Text(), nullable=True),
        *_texts("results"),
        sa.PrimaryKeyConstraint("intent_id", name="pk_scenario_runs"),
        sa.ForeignKeyConstraint(["intent_id"], ["intents.intent_id"], name="fk_scenario_runs_intent_id"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]
