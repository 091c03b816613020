"""Webhooks, scenarios and the mesh."""

from __future__ import annotations

revision = "r0007"
down_revision = "r0006"


def upgrade() -> None:
    """Nothing yet."""
