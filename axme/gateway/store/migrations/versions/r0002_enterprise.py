"""Organizations in full, members, access requests and actor tokens."""

from __future__ import annotations

revision = "r0002"
down_revision = "r0001"


def upgrade() -> None:
    """Nothing yet."""
