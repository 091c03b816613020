"""Semantic schemas, users, invites and media."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, text

from axme.gateway.store.tables.build import key, metadata, number, number_or_null, text_, text_or_null
from axme.gateway.store.tables.core import intents

semantic_schemas = Table(
    "semantic_schemas",
    metadata,
    key("semantic_type"),
    # The mailbox of the owner: one short address means another owner in each workspace.
    key("mailbox"),
    text_("org_id", "organizations.org_id"),
    text_("workspace_id", "workspaces.workspace_id"),
    text_("owner_agent"),
    text_("schema_ref"),
    text_("schema_hash"),
    text_("schema_json"),
    text_("compatibility_mode"),
    number("active"),
    number("created_at"),
    number("updated_at"),
)

users = Table(
    "users",
    metadata,
    key("user_id"),
    text_("org_id", "organizations.org_id"),
    text_("workspace_id", "workspaces.workspace_id"),
    Column("owner_agent", Text, nullable=False, unique=True),
    # Public addresses are made of nicks, so a nick is somebody's in all of the gateway.
    Column("nick", Text, nullable=False, unique=True),
    text_or_null("display_name"),
    text_or_null("phone"),
    text_or_null("email"),
    number("created_at"),
    number("updated_at"),
)

invites = Table(
    "invites",
    metadata,
    key("token_hash"),
    text_("org_id", "organizations.org_id"),
    text_("workspace_id", "workspaces.workspace_id"),
    text_("owner_agent"),
    text_or_null("recipient_hint"),
    number("created_at"),
    number("expires_at"),
    number_or_null("accepted_at"),
    text_or_null("user_id"),
)

media_uploads = Table(
    "media_uploads",
    metadata,
    key("upload_id"),
    text_("org_id", "organizations.org_id"),
    text_("workspace_id", "workspaces.workspace_id"),
    text_("owner_agent"),
    text_("filename"),
    text_("mime_type"),
    number("size_bytes"),
    text_or_null("sha256"),
    # What arrived, and the generated name it is kept under.
    text_or_null("stored_name"),
    number_or_null("received_bytes"),
    text_or_null("received_sha256"),
    number("created_at"),
    number("expires_at"),
    number_or_null("finalized_at"),
)
_UNFINISHED = "finalized_at IS NULL AND stored_name IS NOT NULL"
Index(
    "ix_media_uploads_unfinished",
    media_uploads.c.expires_at,
    sqlite_where=text(_UNFINISHED),
    postgresql_where=text(_UNFINISHED),
)

# The few intents that wait for a person, among the many that do not.
WAITING_FOR_A_PERSON = "status = 'WAITING' AND waiting_reason = 'WAITING_FOR_HUMAN'"
Index(
    "ix_intents_waiting_for_a_person",
    intents.c.to_org_id,
    intents.c.created_at,
    sqlite_where=text(WAITING_FOR_A_PERSON),
    postgresql_where=text(WAITING_FOR_A_PERSON),
)
