"""Quotas, usage and billing."""

from __future__ import annotations

revision = "r0003"
down_revision = "r0002"


def upgrade() -> None:
    """Nothing yet."""
