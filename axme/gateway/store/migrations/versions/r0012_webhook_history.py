"""Webhooks: the secret before, every try to deliver, and when the next one is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0011"


def upgrade() -> None:
    """Add the columns, the table of tries, and the indexes that lists are read along."""
    op.add_column("webhook_subscriptions", sa.Column("old_secret", sa.Text(), nullable=True))
    op.add_column("webhook_subscriptions", sa.Column("old_secret_until", sa.BigInteger(), nullable=True))
    op.add_column("webhook_deliveries", sa.Column("next_attempt_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("http_status", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "attempt", name="pk_webhook_attempts"),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_deliveries.delivery_id"], name="fk_webhook_attempts_delivery_id"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_webhook_events_mailbox", "webhook_events", ["mailbox", "created_at"], unique=False)
    op.create_index(
        "ix_webhook_deliveries_subscription_id",
        "webhook_deliveries",
        ["subscription_id", "status", "created_at"],
        unique=False,
    )
