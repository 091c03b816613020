"""Semantic schemas, users, invites and media."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"

_UNFINISHED = sa.text("finalized_at IS NULL AND stored_name IS NOT NULL")
_WAITING = sa.text("status = 'WAITING' AND waiting_reason = 'WAITING_FOR_HUMAN'")


def upgrade() -> None:
    """Create the four tables, and the index that finds open human tasks."""
    _create_schemas()
    _create_users()
    _create_invites()
    _create_media()
    op.create_index(
        "ix_intents_waiting_for_a_person",
        "intents",
        ["org_id", "created_at"],
        unique=False,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def _home(table: str) -> list[sa.schema.SchemaItem]:
    """The workspace a row belongs to."""
    return [
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name=f"fk_{table}_org_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name=f"fk_{table}_workspace_id"),
    ]


def _create_schemas() -> None:
    op.create_table(
        "semantic_schemas",
        sa.Column("semantic_type", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        *_home("semantic_schemas"),
        sa.Column("owner_agent", sa.Text(), nullable=False),
        sa.Column("schema_ref", sa.Text(), nullable=False),
        sa.Column("schema_hash", sa.Text(), nullable=False),
        sa.Column("schema_json", sa.Text(), nullable=False),
        sa.Column("compatibility_mode", sa.Text(), nullable=False),
        sa.Column("active", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("semantic_type", "mailbox", name="pk_semantic_schemas"),
    )


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.Text(), nullable=False),
        *_home("users"),
        sa.Column("owner_agent", sa.Text(), nullable=False),
        sa.Column("nick", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_users"),
        sa.UniqueConstraint("owner_agent", name="uq_users_owner_agent"),
        sa.UniqueConstraint("nick", name="uq_users_nick"),
    )


def _create_invites() -> None:
    op.create_table(
        "invites",
        sa.Column("token_hash", sa.Text(), nullable=False),
        *_home("invites"),
        sa.Column("owner_agent", sa.Text(), nullable=False),
        sa.Column("recipient_hint", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invites"),
    )


def _create_media() -> None:
    op.create_table(
        "media_uploads",
        sa.Column("upload_id", sa.Text(), nullable=False),
        *_home("media_uploads"),
        sa.Column("owner_agent", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("mime_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("stored_name", sa.Text(), nullable=True),
        sa.Column("received_bytes", sa.BigInteger(), nullable=True),
        sa.Column("received_sha256", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("finalized_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("upload_id", name="pk_media_uploads"),
    )
    op.create_index(
        "ix_media_uploads_unfinished",
        "media_uploads",
        ["expires_at"],
        unique=False,
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    )
