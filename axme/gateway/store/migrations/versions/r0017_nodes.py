"""Nodes, and who has taken a job that reaches outside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0017"
down_revision = "r0016"


def upgrade() -> None:
    """Create the table; jobs of older nodes name nobody and keep their lease."""
    op.create_table(
        "nodes",
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("node_id", "run_id", "version")],
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in ("started_at", "seen_at")],
        sa.PrimaryKeyConstraint("node_id", name="pk_nodes"),
    )
    op.add_column("jobs", sa.Column("taken_by", sa.Text(), nullable=True))
    taken = sa.text("taken_by IS NOT NULL")
    op.create_index("ix_jobs_taken_by", "jobs", ["taken_by"], sqlite_where=taken, postgresql_where=taken)
