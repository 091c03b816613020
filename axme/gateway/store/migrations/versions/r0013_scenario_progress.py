"""What is known of each step of a scenario."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0013"
down_revision = "r0012"


def upgrade() -> None:
    """Add the column; scenarios under way go on with nothing known of the steps behind them."""
    op.add_column("scenario_runs", sa.Column("progress", sa.Text(), nullable=False, server_default="{}"))
