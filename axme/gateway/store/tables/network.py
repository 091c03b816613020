"""Principals with their aliases, routes and transport bindings; deliveries and the tries to make them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, UniqueConstraint, text

from axme.gateway.store.tables.build import key, metadata, number, number_or_null, text_, text_or_null


def _place() -> tuple[Column[str], Column[str]]:
    return text_("org_id", "organizations.org_id"), text_("workspace_id", "workspaces.workspace_id")


principals = Table(
    "principals",
    metadata,
    key("principal_id"),
    *_place(),
    text_("principal_type"),
    text_or_null("display_name"),
    text_("status"),
    text_("metadata"),
    number("created_at"),
    number("updated_at"),
)

aliases = Table(
    "aliases",
    metadata,
    key("alias_id"),
    text_("principal_id", "principals.principal_id"),
    *_place(),
    text_("alias"),
    text_("alias_type"),
    text_("status"),
    text_("metadata"),
    number("created_at"),
    number("updated_at"),
    number_or_null("revoked_at"),
)
# A name stands for one principal of a workspace at a time; a revoked one gives it free.
Index(
    "uq_aliases_active",
    aliases.c.workspace_id,
    aliases.c.alias,
    unique=True,
    sqlite_where=text("status = 'active'"),
    postgresql_where=text("status = 'active'"),
)
Index("ix_aliases_principal_id", aliases.c.principal_id)
Index("ix_aliases_org_id", aliases.c.org_id)

routes = Table(
    "routes",
    metadata,
    key("route_id"),
    text_("principal_id", "principals.principal_id"),
    *_place(),
    text_("transport_type"),
    text_("endpoint_url"),
    text_("auth_mode"),
    text_or_null("region"),
    text_or_null("cluster_id"),
    text_("failover_policy"),
    number("priority"),
    text_("health_status"),
    text_("status"),
    text_("metadata"),
    number("created_at"),
    number("updated_at"),
)
Index("ix_routes_principal_id", routes.c.principal_id)
Index("ix_routes_org_id", routes.c.org_id)

transport_bindings = Table(
    "transport_bindings",
    metadata,
    key("binding_id"),
    text_("principal_id", "principals.principal_id"),
    *_place(),
    text_("transport_type"),
    text_("transport_handle"),
    number("priority"),
    text_("status"),
    text_("metadata"),
    # What is posted there is signed with it; the one before signs too until then.
    text_or_null("secret"),
    text_or_null("old_secret"),
    number_or_null("old_secret_until"),
    number("created_at"),
    number("updated_at"),
    UniqueConstraint("principal_id", "transport_type", "transport_handle", name="uq_transport_bindings_handle"),
)
Index("ix_transport_bindings_org_id", transport_bindings.c.org_id)

deliveries = Table(
    "deliveries",
    metadata,
    key("delivery_id"),
    text_or_null("replay_of_delivery_id"),
    *_place(),
    text_("principal_id", "principals.principal_id"),
    text_or_null("alias"),
    text_("transport_type"),
    # No foreign key: a delivery outlives its route.
    text_("route_id"),
    text_("status"),
    text_or_null("correlation_id"),
    text_or_null("idempotency_key"),
    text_("payload"),
    text_or_null("error_detail"),
    number("attempt_count"),
    number_or_null("next_attempt_at"),
    number("created_at"),
    number("updated_at"),
    # No foreign key: a delivery tells its story without the intent.
    text_or_null("intent_id"),
)
Index("ix_deliveries_org_id", deliveries.c.org_id, deliveries.c.created_at)
Index("ix_deliveries_principal_id", deliveries.c.principal_id, deliveries.c.created_at)
Index("ix_deliveries_status", deliveries.c.status, deliveries.c.updated_at)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    key("delivery_id", "deliveries.delivery_id"),
    Column("attempt", BigInteger, primary_key=True),
    text_("route_id"),
    number("at"),
    text_("outcome"),
    number_or_null("http_status"),
    text_or_null("detail"),
    sqlite_with_rowid=False,
)
