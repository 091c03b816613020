"""Webhooks: who wants to hear what, what happened, and the tries to tell."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, text

from axme.gateway.store.tables.build import key, metadata, number, number_or_null, text_, text_or_null

webhook_subscriptions = Table(
    "webhook_subscriptions",
    metadata,
    key("subscription_id"),
    text_("org_id", "organizations.org_id"),
    text_("workspace_id", "workspaces.workspace_id"),
    text_("mailbox"),
    text_("owner_agent"),
    text_("callback_url"),
    text_("event_types"),
    text_or_null("secret"),
    # It signs too until then.
    text_or_null("old_secret"),
    number_or_null("old_secret_until"),
    number("active"),
    text_or_null("description"),
    number("created_at"),
    number("updated_at"),
    number_or_null("revoked_at"),
)
# An owner has one living subscription a URL.
Index(
    "uq_webhook_subscriptions_living",
    webhook_subscriptions.c.mailbox,
    webhook_subscriptions.c.callback_url,
    unique=True,
    sqlite_where=text("revoked_at IS NULL"),
    postgresql_where=text("revoked_at IS NULL"),
)

webhook_events = Table(
    "webhook_events",
    metadata,
    key("event_id"),
    text_("mailbox"),
    text_("owner_agent"),
    text_("event_type"),
    text_("source"),
    text_("payload"),
    number("created_at"),
    text_or_null("intent_id"),
)
Index("ix_webhook_events_mailbox", webhook_events.c.mailbox, webhook_events.c.created_at)
Index("ix_webhook_events_intent_id", webhook_events.c.intent_id)
Index("ix_webhook_events_created_at", webhook_events.c.created_at)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    key("delivery_id"),
    text_("event_id", "webhook_events.event_id"),
    text_("subscription_id", "webhook_subscriptions.subscription_id"),
    text_("status"),
    number("attempt_count"),
    text_or_null("error_detail"),
    number_or_null("next_attempt_at"),
    number("created_at"),
    number("updated_at"),
)
Index("ix_webhook_deliveries_event_id", webhook_deliveries.c.event_id)
Index(
    "ix_webhook_deliveries_subscription_id",
    webhook_deliveries.c.subscription_id,
    webhook_deliveries.c.status,
    webhook_deliveries.c.created_at,
)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    key("delivery_id", "webhook_deliveries.delivery_id"),
    Column("attempt", BigInteger, primary_key=True),
    number("at"),
    text_("outcome"),
    number_or_null("http_status"),
    text_("detail"),
    sqlite_with_rowid=False,
)
