"""Receive policies, overrides and send policies; intents know the organization they go to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"

_WAITING = sa.text("status = 'WAITING' AND waiting_reason = 'WAITING_FOR_HUMAN'")


def upgrade() -> None:
    """Create the two tables; intents from before went to their own organization."""
    op.add_column("intents", sa.Column("to_org_id", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE intents SET to_org_id = org_id")
    op.drop_index("ix_intents_waiting_for_a_person", "intents")
    op.create_index(
        "ix_intents_waiting_for_a_person",
        "intents",
        ["to_org_id", "created_at"],
        unique=False,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_table(
        "sender_policies",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", name="pk_sender_policies"),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name="fk_sender_policies_org_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sender_policy_entries",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sender_pattern", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("source_org_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_sender_policy_entries"),
        sa.UniqueConstraint("kind", "subject", "sender_pattern", "effect", name="uq_sender_policy_entries_pattern"),
    )
    op.create_index("ix_sender_policy_entries_subject", "sender_policy_entries", ["kind", "subject"], unique=False)
