"""Receive policies, overrides and send policies."""

from __future__ import annotations

revision = "r0006"
down_revision = "r0005"


def upgrade() -> None:
    """Nothing yet."""
