"""Principals, aliases, routes, transports and deliveries."""

from __future__ import annotations

revision = "r0004"
down_revision = "r0003"


def upgrade() -> None:
    """Nothing yet."""
