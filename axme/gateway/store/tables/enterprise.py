"""Members, access requests, and the secrets the gateway signs with."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from axme.gateway.store.tables.build import key, metadata, number, number_or_null, text_, text_or_null

members = Table(
    "members",
    metadata,
    key("member_id"),
    text_("org_id", "organizations.org_id"),
    # Empty for a membership in the whole organization, so that the index below counts it.
    text_("workspace_id"),
    text_("actor_id"),
    text_("role"),
    text_("status"),
    text_or_null("invited_by_actor_id"),
    number("created_at"),
    number("updated_at"),
)
Index(
    "uq_members_living",
    members.c.org_id,
    members.c.workspace_id,
    members.c.actor_id,
    unique=True,
    sqlite_where=text("status <> 'removed'"),
    postgresql_where=text("status <> 'removed'"),
)
Index("ix_members_actor_id", members.c.actor_id)

access_requests = Table(
    "access_requests",
    metadata,
    key("access_request_id"),
    # Whose key asked; it reviews requests that name no organization.
    text_("home_org_id", "organizations.org_id"),
    text_("request_type"),
    text_("state"),
    text_("requester_actor_id"),
    text_or_null("org_id"),
    text_or_null("workspace_id"),
    text_or_null("requested_role"),
    text_or_null("requested_tier"),
    text_or_null("company_name"),
    text_or_null("justification"),
    text_or_null("reviewer_actor_id"),
    text_or_null("review_comment"),
    number_or_null("reviewed_at"),
    number_or_null("expires_at"),
    number("created_at"),
    number("updated_at"),
)
Index("ix_access_requests_org_id", access_requests.c.org_id)
Index("ix_access_requests_home_org_id", access_requests.c.home_org_id)

signing_secrets = Table(
    "signing_secrets",
    metadata,
    key("name"),
    text_("secret"),
    number("created_at"),
    sqlite_with_rowid=False,
)
