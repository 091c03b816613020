"""Semantic schemas, users, invites and media."""

from __future__ import annotations

revision = "r0005"
down_revision = "r0004"


def upgrade() -> None:
    """Nothing yet."""
