"""Links that let people answer tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0011"
down_revision = "r0010"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "task_links",
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("intent_id", sa.Text(), nullable=False),
        sa.Column("asked_seq", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("link_id", name="pk_task_links"),
        sa.ForeignKeyConstraint(["intent_id"], ["intents.intent_id"], name="fk_task_links_intent_id"),
    )
    op.create_index("ix_task_links_intent_id", "task_links", ["intent_id", "asked_seq"], unique=False)
