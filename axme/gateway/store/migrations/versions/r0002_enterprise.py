"""Organizations in full, members, access requests and actor tokens."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"

_LIVING = sa.text("status <> 'removed'")


def upgrade() -> None:
    """Add the columns and tables; the account of the first boot owns its organization."""
    for table, columns in {
        "organizations": (
            sa.Column("legal_name", sa.Text()),
            sa.Column("primary_domain", sa.Text()),
            sa.Column("status", sa.Text(), nullable=False, server_default="active"),
            sa.Column("metadata", sa.Text(), nullable=False, server_default="{}"),
            sa.Column("updated_at", sa.BigInteger(), nullable=False, server_default="0"),
        ),
        "workspaces": (
            sa.Column("environment", sa.Text(), nullable=False, server_default="production"),
            sa.Column("region", sa.Text()),
            sa.Column("status", sa.Text(), nullable=False, server_default="active"),
            sa.Column("updated_at", sa.BigInteger(), nullable=False, server_default="0"),
        ),
    }.items():
        for column in columns:
            op.add_column(table, column)
    op.execute("UPDATE organizations SET updated_at = created_at")
    op.execute("UPDATE workspaces SET updated_at = created_at")
    op.create_index("ix_audit_events_org_id", "audit_events", ["org_id", "audit_id"], unique=False)
    _create_members()
    _create_access_requests()
    op.create_table(
        "signing_secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_signing_secrets"),
        sqlite_with_rowid=False,
    )


def _create_members() -> None:
    members = op.create_table(
        "members",
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("invited_by_actor_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name="fk_members_org_id"),
        sa.PrimaryKeyConstraint("member_id", name="pk_members"),
    )
    op.create_index("ix_members_actor_id", "members", ["actor_id"], unique=False)
    op.create_index(
        "uq_members_living",
        "members",
        ["org_id", "workspace_id", "actor_id"],
        unique=True,
        sqlite_where=_LIVING,
        postgresql_where=_LIVING,
    )
    first = sa.text(
        "SELECT org_id, service_account_id, created_at FROM service_accounts"
        " WHERE status = 'active' ORDER BY created_at LIMIT 1"
    )
    for org_id, account_id, created_at in op.get_bind().execute(first).all():
        row = {
            "member_id": str(uuid.uuid4()),
            "org_id": org_id,
            "workspace_id": "",
            "actor_id": account_id,
            "role": "org_owner",
            "status": "active",
            "created_at": created_at,
            "updated_at": created_at,
        }
        op.bulk_insert(members, [row])


def _create_access_requests() -> None:
    op.create_table(
        "access_requests",
        sa.Column("access_request_id", sa.Text(), nullable=False),
        sa.Column("home_org_id", sa.Text(), nullable=False),
        sa.Column("request_type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requester_actor_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=True),
        sa.Column("workspace_id", sa.Text(), nullable=True),
        sa.Column("requested_role", sa.Text(), nullable=True),
        sa.Column("requested_tier", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("justification", sa.Text(), nullable=True),
        sa.Column("reviewer_actor_id", sa.Text(), nullable=True),
        sa.Column("review_comment", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["home_org_id"], ["organizations.org_id"], name="fk_access_requests_home_org_id"),
        sa.PrimaryKeyConstraint("access_request_id", name="pk_access_requests"),
    )
    op.create_index("ix_access_requests_home_org_id", "access_requests", ["home_org_id"], unique=False)
    op.create_index("ix_access_requests_org_id", "access_requests", ["org_id"], unique=False)
