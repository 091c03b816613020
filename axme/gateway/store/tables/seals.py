"""The seals over the audit trail, each chained to the one before it."""

from __future__ import annotations

from sqlalchemy import Table

from axme.gateway.store.tables.build import key_number, metadata, number, text_

audit_seals = Table(
    "audit_seals",
    metadata,
    # 1, 2, 3 …: of two nodes that seal at once, the table lets one.
    key_number("seal_id"),
    number("sealed_at"),
    # It covers every row after the seal before it, up to this one.
    number("last_audit_id"),
    number("row_count"),
    # Over the digest before it and over all rows.
    text_("digest"),
    # Of the digest, with a secret that the database alone does not give away.
    text_("signature"),
)
