"""Semantic schemas, found by type and owner."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select, text

from axme.gateway.store.tables import semantic_schemas

_s = semantic_schemas.c

FIND = select(semantic_schemas).where(
    _s.semantic_type == bindparam("semantic_type"), _s.mailbox == bindparam("mailbox")
)
FIND_FOR_UPDATE = FIND.with_for_update()
#: For a new intent: what its sender and its recipient demand of its payload.
ACTIVE = select(_s.owner_agent, _s.schema_ref, _s.schema_json).where(
    _s.semantic_type == bindparam("semantic_type"),
    or_(_s.mailbox == bindparam("sender"), _s.mailbox == bindparam("recipient")),
    _s.active == 1,
)
UPSERT = text(
    "INSERT INTO semantic_schemas (semantic_type, mailbox, org_id, workspace_id, owner_agent, schema_ref, schema_hash,"
    " schema_json, compatibility_mode, active, created_at, updated_at) VALUES (:semantic_type, :mailbox, :org_id,"
    " :workspace_id, :owner_agent, :schema_ref, :schema_hash, :schema_json, :compatibility_mode, :active, :created_at,"
    " :updated_at) ON CONFLICT (semantic_type, mailbox) DO UPDATE SET schema_ref = excluded.schema_ref,"
    " schema_hash = excluded.schema_hash, schema_json = excluded.schema_json,"
    " compatibility_mode = excluded.compatibility_mode, active = excluded.active, updated_at = excluded.updated_at"
)
