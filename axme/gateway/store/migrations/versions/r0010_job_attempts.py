"""Jobs count their failed attempts, and are found in the exact order they are done in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0010"
down_revision = "r0009"


def upgrade() -> None:
    """Add the columns; let the index end with the id, so that many jobs of one moment need no sorting."""
    op.add_column("jobs", sa.Column("attempts", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("last_error", sa.Text(), nullable=True))
    op.drop_index("ix_jobs_due", table_name="jobs")
    op.create_index("ix_jobs_due", "jobs", ["held", "due_at", "job_id"])
