"""Claims that live: one row for each intent a worker has in hand."""

from __future__ import annotations

from sqlalchemy import Index, Table

from axme.gateway.store.tables.build import key, metadata, number, text_, text_or_null

claims = Table(
    "claims",
    metadata,
    # At most one claim an intent: the table's own rule.
    key("intent_id", "intents.intent_id"),
    text_("claim_id"),
    text_("mailbox"),
    text_("worker_id"),
    text_("workspace_id"),
    # The idempotency key of the request that made it: sent again, it finds its claims.
    text_or_null("request_key"),
    number("lease_seconds"),
    number("lease_until"),
    sqlite_with_rowid=False,
)
Index("ix_claims_mailbox", claims.c.mailbox, claims.c.worker_id, claims.c.lease_until)
