"""Mails about tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0016"
down_revision = "r0015"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "task_mails",
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("mail_id", "intent_id")],
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in ("asked_seq", "seq")],
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("occasion", "recipient", "address")],
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("error_detail", sa.Text(), nullable=True),
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created_at", "updated_at")],
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("mail_id", name="pk_task_mails"),
        sa.ForeignKeyConstraint(["intent_id"], ["intents.intent_id"], name="fk_task_mails_intent_id"),
    )
    op.create_index("ix_task_mails_intent_id", "task_mails", ["intent_id", "address"], unique=False)
    op.create_index("ix_task_mails_address", "task_mails", ["address", "created_at"], unique=False)
