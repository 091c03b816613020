"""Mails to owners of what could not be delivered, and what history is pruned along."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0019"
down_revision = "r0018"


def upgrade() -> None:
    """Create the table, the column by which an intent finds what was told of it, and the indexes."""
    op.create_table(
        "owner_mails",
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("mail_id", "org_id", "workspace_id", "about")],
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("owner", "address", "title", "note", "path")],
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("error_detail", sa.Text(), nullable=True),
        *[sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created_at", "updated_at")],
        sa.PrimaryKeyConstraint("mail_id", name="pk_owner_mails"),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name="fk_owner_mails_org_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_owner_mails_workspace_id"),
    )
    op.create_index("ix_owner_mails_address", "owner_mails", ["address", "created_at"], unique=False)
    op.add_column("webhook_events", sa.Column("intent_id", sa.Text(), nullable=True))
    op.create_index("ix_webhook_events_intent_id", "webhook_events", ["intent_id"], unique=False)
    for table in ("webhook_events", "task_mails", "owner_mails"):
        op.create_index(f"ix_{table}_created_at", table, ["created_at"], unique=False)
