"""Sessions of the console, and links that sign in once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0018"
down_revision = "r0017"


def upgrade() -> None:
    """Create the tables."""
    for table, name, moments in (
        ("console_sessions", "session_hash", ("created_at", "seen_at")),
        ("console_tickets", "ticket_hash", ("created_at",)),
    ):
        op.create_table(
            table,
            *[sa.Column(column, sa.Text(), nullable=False) for column in (name, "key_id")],
            *[sa.Column(column, sa.BigInteger(), nullable=False) for column in moments],
            sa.PrimaryKeyConstraint(name, name=f"pk_{table}"),
            sa.ForeignKeyConstraint(["key_id"], ["service_account_keys.key_id"], name=f"fk_{table}_key_id"),
        )
