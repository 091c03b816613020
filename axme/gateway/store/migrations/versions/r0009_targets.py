"""Jobs that reach outside say whom they go to, so that a slow target slows nobody else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"


def upgrade() -> None:
    """Add the column; what is planned already goes to a target of its own kind."""
    op.add_column("jobs", sa.Column("target", sa.Text(), nullable=True))
    op.execute("UPDATE jobs SET target = kind WHERE held = 2")
