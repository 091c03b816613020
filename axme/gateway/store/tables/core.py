"""Identities, intents with their events and deliveries, inboxes, keys of requests, jobs, audit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from axme.gateway.store.tables.build import (
    key,
    metadata,
    number,
    number_default,
    number_or_null,
    text_,
    text_default,
    text_or_null,
)

organizations = Table(
    "organizations",
    metadata,
    key("org_id"),
    Column("slug", Text, nullable=False, unique=True),
    text_("name"),
    number("created_at"),
    text_or_null("legal_name"),
    text_or_null("primary_domain"),
    text_default("status", "active"),
    text_default("metadata", "{}"),
    number_default("updated_at"),
)

workspaces = Table(
    "workspaces",
    metadata,
    key("workspace_id"),
    text_("org_id", "organizations.org_id"),
    text_("slug"),
    text_("name"),
    number("created_at"),
    text_default("environment", "production"),
    text_or_null("region"),
    text_default("status", "active"),
    number_default("updated_at"),
    UniqueConstraint("org_id", "slug"),
)

service_accounts = Table(
    "service_accounts",
    metadata,
    key("service_account_id"),
    text_("org_id", "organizations.org_id"),
    text_("workspace_id", "workspaces.workspace_id"),
    text_("name"),
    text_or_null("display_name"),
    text_or_null("description"),
    text_("status"),
    text_("address"),
    text_("created_by_actor_id"),
    number("created_at"),
    number("updated_at"),
    # The mesh: blocked since, last heard of, and the health last seen.
    number_or_null("killed_at"),
    number_or_null("last_heartbeat_at"),
    text_default("health", "unknown"),
)
# An address belongs to one living account; a deleted one gives it free.
Index(
    "uq_service_accounts_living_address",
    service_accounts.c.address,
    unique=True,
    sqlite_where=text("status <> 'deleted'"),
    postgresql_where=text("status <> 'deleted'"),
)
Index("ix_service_accounts_workspace_id", service_accounts.c.workspace_id)

service_account_keys = Table(
    "service_account_keys",
    metadata,
    key("key_id"),
    text_("service_account_id", "service_accounts.service_account_id"),
    Column("token_hash", Text, nullable=False, unique=True),
    text_("key_hint"),
    text_("created_by_actor_id"),
    number("created_at"),
    number_or_null("expires_at"),
    number_or_null("revoked_at"),
)
Index("ix_service_account_keys_service_account_id", service_account_keys.c.service_account_id)

intents = Table(
    "intents",
    metadata,
    key("intent_id"),
    text_("org_id"),
    text_("workspace_id", "workspaces.workspace_id"),
    text_("to_scope"),
    text_default("to_org_id", ""),
    text_("intent_type"),
    text_("correlation_id"),
    text_("from_agent"),
    text_("to_agent"),
    text_or_null("reply_to"),
    text_("payload"),
    text_("status"),
    text_or_null("waiting_reason"),
    number("seq"),
    text_or_null("handler"),
    text_or_null("pending_with"),
    text_or_null("human_task"),
    number_or_null("deadline_at"),
    number_or_null("remind_after_seconds"),
    number_or_null("remind_interval_seconds"),
    number_or_null("max_reminders"),
    number("remind_count"),
    text_or_null("escalate_to"),
    number_or_null("max_delivery_attempts"),
    number("delivery_attempt"),
    number("policy_generation"),
    text_("controls"),
    text_("grants"),
    text_("envelope"),
    number_or_null("paused_at"),
    text_or_null("result"),
    text_or_null("error"),
    text_or_null("reason"),
    text_or_null("decided_by"),
    number_or_null("decided_at"),
    text_or_null("decision"),
    # Of a scenario: what it is, and of which step of which intent this one is.
    text_or_null("scenario_id"),
    text_or_null("compile_id"),
    text_or_null("parent_intent_id"),
    text_or_null("step_id"),
    # The mailbox whose workers may claim it, from when on, and the claim it is under.
    text_or_null("queue"),
    number_default("available_at"),
    text_or_null("claim_id"),
    # What a worker left for the next; what a suspended intent waits for, until when, and what came of it.
    text_or_null("checkpoint"),
    text_or_null("suspended"),
    number_or_null("next_wakeup_at"),
    text_or_null("resumed"),
    number("created_at"),
    number("updated_at"),
)
Index("ix_intents_workspace_id", intents.c.workspace_id, intents.c.created_at)
Index(
    "ix_intents_queue",
    intents.c.queue,
    intents.c.available_at,
    sqlite_where=text("queue IS NOT NULL"),
    postgresql_where=text("queue IS NOT NULL"),
)
Index("ix_intents_to_scope", intents.c.to_scope, intents.c.created_at)

intent_events = Table(
    "intent_events",
    metadata,
    key("intent_id", "intents.intent_id"),
    Column("seq", BigInteger, primary_key=True),
    text_("event_type"),
    text_("status"),
    text_or_null("waiting_reason"),
    text_or_null("handler"),
    text_("actor"),
    number("at"),
    text_("details"),
    text_or_null("pending_with"),
    text_or_null("human_task"),
    sqlite_with_rowid=False,
)

agent_deliveries = Table(
    "agent_deliveries",
    metadata,
    key("mailbox"),
    Column("cursor", BigInteger, primary_key=True),
    text_("intent_id", "intents.intent_id"),
    number("attempt"),
    number("created_at"),
    sqlite_with_rowid=False,
)

threads = Table(
    "threads",
    metadata,
    key("thread_id"),
    text_("intent_id", "intents.intent_id"),
    text_("kind"),
    text_("org_id"),
    text_("mailbox"),
    text_("owner_agent"),
    text_("from_agent"),
    text_("to_agent"),
    text_("status"),
    number("entries"),
    number("created_at"),
    number("updated_at"),
    # At most one request and one completion thread an intent: exactly-once is the table's own rule.
    UniqueConstraint("intent_id", "kind"),
)
Index("ix_threads_mailbox", threads.c.mailbox, threads.c.updated_at)

thread_entries = Table(
    "thread_entries",
    metadata,
    key("thread_id", "threads.thread_id"),
    Column("position", BigInteger, primary_key=True),
    text_("event_id"),
    text_("event_type"),
    text_("actor"),
    number("at"),
    text_("details"),
    sqlite_with_rowid=False,
)

inbox_changes = Table(
    "inbox_changes",
    metadata,
    key("mailbox"),
    Column("seq", BigInteger, primary_key=True),
    text_("thread_id", "threads.thread_id"),
    sqlite_with_rowid=False,
)

counters = Table("counters", metadata, key("name"), number("value"), sqlite_with_rowid=False)

# With a rowid on SQLite: answers are kept in the order they come in, and only the short keys are sorted.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    key("sender"),
    key("operation"),
    key("key"),
    text_("fingerprint"),
    text_or_null("answer"),
    text_or_null("intent_id"),
    number("created_at"),
)

jobs = Table(
    "jobs",
    metadata,
    key("job_id"),
    text_("kind"),
    Column("intent_id", Text, ForeignKey("intents.intent_id")),
    number("due_at"),
    # 1 while the intent is paused: its timers stand still. 3 when it has failed too often.
    number("held"),
    text_("details"),
    # Whom it goes to, if it reaches outside the gateway.
    text_or_null("target"),
    number_default("attempts"),
    text_or_null("last_error"),
    # The run of the node that is at it, where the work is done between two transactions.
    text_or_null("taken_by"),
)
Index("ix_jobs_due", jobs.c.held, jobs.c.due_at, jobs.c.job_id)
Index(
    "ix_jobs_taken_by",
    jobs.c.taken_by,
    sqlite_where=jobs.c.taken_by.is_not(None),
    postgresql_where=jobs.c.taken_by.is_not(None),
)
Index("ix_jobs_intent_id", jobs.c.intent_id)

audit_events = Table(
    "audit_events",
    metadata,
    Column("audit_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    number("at"),
    text_("org_id"),
    text_("workspace_id"),
    text_("actor"),
    text_("key_id"),
    text_or_null("request_id"),
    text_("action"),
    text_("target"),
    text_("outcome"),
    text_("details"),
)
Index("ix_audit_events_org_id", audit_events.c.org_id, audit_events.c.audit_id)
