"""The mesh: heartbeats and kills of agents, their metrics and events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"


def upgrade() -> None:
    """Add the columns of agents and create the tables."""
    _create_mesh()


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
