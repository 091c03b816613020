"""Aliases; the table lets one active alias of a name exist in a workspace."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text, update

from axme.gateway.store.tables import aliases

ACTIVE = "active"
REVOKED = "revoked"
_a = aliases.c

#: Two requests may see a name free at once; the table lets one of them have it.
INSERT_IF_FREE = text(
    "INSERT INTO aliases (alias_id, principal_id, org_id, workspace_id, alias, alias_type, status, metadata,"
    " created_at, updated_at, revoked_at) VALUES (:alias_id, :principal_id, :org_id, :workspace_id, :alias,"
    " :alias_type, :status, :metadata, :created_at, :updated_at, :revoked_at) ON CONFLICT DO NOTHING RETURNING alias_id"
)
ALIAS = select(aliases).where(_a.alias_id == bindparam("alias_id"))
ACTIVE_ALIAS = select(aliases).where(
    _a.workspace_id == bindparam("workspace_id"), _a.alias == bindparam("alias"), _a.status == ACTIVE
)
REVOKE = (
    update(aliases)
    .where(_a.alias_id == bindparam("id"))
    .values(status=REVOKED, updated_at=bindparam("now"), revoked_at=bindparam("now"))
)
