"""The mesh: what agents report of themselves, and what happened to them. Their state is in service_accounts."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from axme.gateway.store.tables.build import key, metadata, number, text_, text_or_null

mesh_metrics = Table(
    "mesh_metrics",
    metadata,
    key("service_account_id", "service_accounts.service_account_id"),
    # The number of the day since 1970, in UTC.
    Column("day", BigInteger, primary_key=True),
    number("intents_total"),
    number("intents_succeeded"),
    number("intents_failed"),
    # Latency is summed over the intents; money is in millionths of a dollar.
    number("latency_ms"),
    number("cost_micros"),
    sqlite_with_rowid=False,
)

mesh_events = Table(
    "mesh_events",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    text_("event_id"),
    text_("service_account_id", "service_accounts.service_account_id"),
    text_("org_id"),
    text_("workspace_id"),
    text_("address"),
    text_("event_type"),
    text_("details"),
    text_or_null("actor_id"),
    number("created_at"),
)
Index("ix_mesh_events_workspace_id", mesh_events.c.workspace_id, mesh_events.c.number)
Index("ix_mesh_events_service_account_id", mesh_events.c.service_account_id, mesh_events.c.number)
