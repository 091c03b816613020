"""Claims of workers: which intents are up for claiming, and who has which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0014"
down_revision = "r0013"

_QUEUED = sa.text("queue IS NOT NULL")


def upgrade() -> None:
    """Add the columns of intents, put up what is open, and create the table."""
    for name in ("queue", "claim_id", "checkpoint", "suspended", "resumed"):
        op.add_column("intents", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("intents", sa.Column("next_wakeup_at", sa.BigInteger(), nullable=True))
    op.add_column("intents", sa.Column("available_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE intents SET available_at = updated_at, queue = CASE WHEN handler LIKE 'agent://%/%/%' THEN handler"
        " ELSE handler || '@' || workspace_id END"
        " WHERE status IN ('DELIVERED', 'ACKNOWLEDGED', 'IN_PROGRESS') AND paused_at IS NULL AND handler IS NOT NULL"
        " AND delivery_attempt > 0 AND compile_id IS NULL"
    )
    op.create_index(
        "ix_intents_queue",
        "intents",
        ["queue", "available_at"],
        unique=False,
        sqlite_where=_QUEUED,
        postgresql_where=_QUEUED,
    )
    op.create_table(
        "claims",
        *[
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("intent_id", "claim_id", "mailbox", "worker_id", "workspace_id")
        ],
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.Column("lease_seconds", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("intent_id", name="pk_claims"),
        sa.ForeignKeyConstraint(["intent_id"], ["intents.intent_id"], name="fk_claims_intent_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claims_mailbox", "claims", ["mailbox", "worker_id", "lease_until"], unique=False)
