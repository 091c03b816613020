"""The gateways that share this database, as long as they live."""

from __future__ import annotations

from sqlalchemy import Table

from axme.gateway.store.tables.build import key, metadata, number, text_

nodes = Table(
    "nodes",
    metadata,
    key("node_id"),
    # What this run of the node calls itself in jobs.taken_by.
    text_("run_id"),
    text_("version"),
    # Both by the database's clock, even where a test moves the gateway's.
    number("started_at"),
    number("seen_at"),
)
