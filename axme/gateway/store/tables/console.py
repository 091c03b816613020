"""Who has signed in to the console, and the links that sign in once."""

from __future__ import annotations

from sqlalchemy import Table

from axme.gateway.store.tables.build import key, metadata, number, text_

console_sessions = Table(
    "console_sessions",
    metadata,
    # The hash of what the cookie holds.
    key("session_hash"),
    text_("key_id", "service_account_keys.key_id"),
    number("created_at"),
    number("seen_at"),
)
console_tickets = Table(
    "console_tickets",
    metadata,
    # The hash of what the link holds.
    key("ticket_hash"),
    text_("key_id", "service_account_keys.key_id"),
    number("created_at"),
)
