"""Principals, aliases, routes, transports and deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"

_ACTIVE = sa.text("status = 'active'")


def upgrade() -> None:
    """Create the tables."""
    _create_principals()
    _create_aliases()
    _create_routes()
    _create_transport_bindings()
    _create_deliveries()
    _create_delivery_attempts()


def _create_principals() -> None:
    op.create_table(
        "principals",
        sa.Column("principal_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("principal_type", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name="fk_principals_org_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_principals_workspace_id"),
        sa.PrimaryKeyConstraint("principal_id", name="pk_principals"),
    )


def _create_aliases() -> None:
    op.create_table(
        "aliases",
        sa.Column("alias_id", sa.Text(), nullable=False),
        sa.Column("principal_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("alias_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.principal_id"], name="fk_aliases_principal_id"),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name="fk_aliases_org_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_aliases_workspace_id"),
        sa.PrimaryKeyConstraint("alias_id", name="pk_aliases"),
    )
    op.create_index("ix_aliases_org_id", "aliases", ["org_id"], unique=False)
    op.create_index("ix_aliases_principal_id", "aliases", ["principal_id"], unique=False)
    op.create_index(
        "uq_aliases_active",
        "aliases",
        ["workspace_id", "alias"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )


def _create_routes() -> None:
    op.create_table(
        "routes",
        sa.Column("route_id", sa.Text(), nullable=False),
        sa.Column("principal_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("transport_type", sa.Text(), nullable=False),
        sa.Column("endpoint_url", sa.Text(), nullable=False),
        sa.Column("auth_mode", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("cluster_id", sa.Text(), nullable=True),
        sa.Column("failover_policy", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("health_status", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.principal_id"], name="fk_routes_principal_id"),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name="fk_routes_org_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_routes_workspace_id"),
        sa.PrimaryKeyConstraint("route_id", name="pk_routes"),
    )
    op.create_index("ix_routes_org_id", "routes", ["org_id"], unique=False)
    op.create_index("ix_routes_principal_id", "routes", ["principal_id"], unique=False)


def _create_transport_bindings() -> None:
    op.create_table(
        "transport_bindings",
        sa.Column("binding_id", sa.Text(), nullable=False),
        sa.Column("principal_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("transport_type", sa.Text(), nullable=False),
        sa.Column("transport_handle", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["principals.principal_id"], name="fk_transport_bindings_principal_id"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name="fk_transport_bindings_org_id"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_transport_bindings_workspace_id"
        ),
        sa.PrimaryKeyConstraint("binding_id", name="pk_transport_bindings"),
        sa.UniqueConstraint("principal_id", "transport_type", "transport_handle", name="uq_transport_bindings_handle"),
    )
    op.create_index("ix_transport_bindings_org_id", "transport_bindings", ["org_id"], unique=False)


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("replay_of_delivery_id", sa.Text(), nullable=True),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("principal_id", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("transport_type", sa.Text(), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("error_detail", sa.Text(), nullable=True),
        sa.Column("attempt_count", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.org_id"], name="fk_deliveries_org_id"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_deliveries_workspace_id"),
        sa.ForeignKeyConstraint(["principal_id"], ["principals.principal_id"], name="fk_deliveries_principal_id"),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_org_id", "deliveries", ["org_id", "created_at"], unique=False)
    op.create_index("ix_deliveries_principal_id", "deliveries", ["principal_id", "created_at"], unique=False)
    op.create_index("ix_deliveries_status", "deliveries", ["status", "updated_at"], unique=False)


def _create_delivery_attempts() -> None:
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("route_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("http_status", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.delivery_id"], name="fk_delivery_attempts_delivery_id"),
        sa.PrimaryKeyConstraint("delivery_id", "attempt", name="pk_delivery_attempts"),
        sqlite_with_rowid=False,
    )
