"""Intents are posted to agents: bindings have secrets, deliveries may be about an intent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0015"
down_revision = "r0014"


def upgrade() -> None:
    """Add the columns."""
    for name in ("secret", "old_secret"):
        op.add_column("transport_bindings", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("transport_bindings", sa.Column("old_secret_until", sa.BigInteger(), nullable=True))
    op.add_column("deliveries", sa.Column("intent_id", sa.Text(), nullable=True))
