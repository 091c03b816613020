"""Every table of the gateway. Times are microseconds since 1970; JSON is text, so both databases keep it as sent."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str, target: str | None = None) -> Column[str]:
    return Column(name, Text, *([ForeignKey(target)] if target else []), primary_key=True)


def _text(name: str, target: str | None = None) -> Column[str]:
    return Column(name, Text, *([ForeignKey(target)] if target else []), nullable=False)


def _text_or_null(name: str) -> Column[str]:
    return Column(name, Text)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _number_or_null(name: str) -> Column[int]:
    return Column(name, BigInteger)


organizations = Table(
    "organizations",
    metadata,
    _key("org_id"),
    Column("slug", Text, nullable=False, unique=True),
    _text("name"),
    _number("created_at"),
)

workspaces = Table(
    "workspaces",
    metadata,
    _key("workspace_id"),
    _text("org_id", "organizations.org_id"),
    _text("slug"),
    _text("name"),
    _number("created_at"),
    UniqueConstraint("org_id", "slug"),
)

service_accounts = Table(
    "service_accounts",
    metadata,
    _key("service_account_id"),
    _text("org_id", "organizations.org_id"),
    _text("workspace_id", "workspaces.workspace_id"),
    _text("name"),
    _text_or_null("display_name"),
    _text_or_null("description"),
    _text("status"),
    _text("address"),
    _text("created_by_actor_id"),
    _number("created_at"),
    _number("updated_at"),
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
    _key("key_id"),
    _text("service_account_id", "service_accounts.service_account_id"),
    Column("token_hash", Text, nullable=False, unique=True),
    _text("key_hint"),
    _text("created_by_actor_id"),
    _number("created_at"),
    _number_or_null("expires_at"),
    _number_or_null("revoked_at"),
)
Index("ix_service_account_keys_service_account_id", service_account_keys.c.service_account_id)

intents = Table(
    "intents",
    metadata,
    _key("intent_id"),
    _text("org_id"),
    _text("workspace_id", "workspaces.workspace_id"),
    _text("to_scope"),
    _text("intent_type"),
    _text("correlation_id"),
    _text("from_agent"),
    _text("to_agent"),
    _text_or_null("reply_to"),
    _text("payload"),
    _text("status"),
    _text_or_null("waiting_reason"),
    _number("seq"),
    _text_or_null("handler"),
    _text_or_null("pending_with"),
    _text_or_null("human_task"),
    _number_or_null("deadline_at"),
    _number_or_null("remind_after_seconds"),
    _number_or_null("remind_interval_seconds"),
    _number_or_null("max_reminders"),
    _number("remind_count"),
    _text_or_null("escalate_to"),
    _number_or_null("max_delivery_attempts"),
    _number("delivery_attempt"),
    _number("policy_generation"),
    _text("controls"),
    _text("grants"),
    _text("envelope"),
    _number_or_null("paused_at"),
    _text_or_null("result"),
    _text_or_null("error"),
    _text_or_null("reason"),
    _text_or_null("decided_by"),
    _number_or_null("decided_at"),
    _text_or_null("decision"),
    _number("created_at"),
    _number("updated_at"),
)
Index("ix_intents_workspace_id", intents.c.workspace_id, intents.c.created_at)
Index("ix_intents_to_scope", intents.c.to_scope, intents.c.created_at)

intent_events = Table(
    "intent_events",
    metadata,
    _key("intent_id", "intents.intent_id"),
    Column("seq", BigInteger, primary_key=True),
    _text("event_type"),
    _text("status"),
    _text_or_null("waiting_reason"),
    _text_or_null("handler"),
    _text("actor"),
    _number("at"),
    _text("details"),
    _text_or_null("pending_with"),
    _text_or_null("human_task"),
    sqlite_with_rowid=False,
)

agent_deliveries = Table(
    "agent_deliveries",
    metadata,
    _key("mailbox"),
    Column("cursor", BigInteger, primary_key=True),
    _text("intent_id", "intents.intent_id"),
    _number("attempt"),
    _number("created_at"),
    sqlite_with_rowid=False,
)

threads = Table(
    "threads",
    metadata,
    _key("thread_id"),
    _text("intent_id", "intents.intent_id"),
    _text("kind"),
    _text("org_id"),
    _text("mailbox"),
    _text("owner_agent"),
    _text("from_agent"),
    _text("to_agent"),
    _text("status"),
    _number("entries"),
    _number("created_at"),
    _number("updated_at"),
    # At most one request and one completion thread an intent: exactly-once is the table's own rule.
    UniqueConstraint("intent_id", "kind"),
)
Index("ix_threads_mailbox", threads.c.mailbox, threads.c.updated_at)

thread_entries = Table(
    "thread_entries",
    metadata,
    _key("thread_id", "threads.thread_id"),
    Column("position", BigInteger, primary_key=True),
    _text("event_id"),
    _text("event_type"),
    _text("actor"),
    _number("at"),
    _text("details"),
    sqlite_with_rowid=False,
)

inbox_changes = Table(
    "inbox_changes",
    metadata,
    _key("mailbox"),
    Column("seq", BigInteger, primary_key=True),
    _text("thread_id", "threads.thread_id"),
    sqlite_with_rowid=False,
)

counters = Table("counters", metadata, _key("name"), _number("value"), sqlite_with_rowid=False)

# With a rowid on SQLite: answers are kept in the order they come in, and only the short keys are sorted.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    _key("sender"),
    _key("operation"),
    _key("key"),
    _text("fingerprint"),
    _text_or_null("answer"),
    _text_or_null("intent_id"),
    _number("created_at"),
)

jobs = Table(
    "jobs",
    metadata,
    _key("job_id"),
    _text("kind"),
    Column("intent_id", Text, ForeignKey("intents.intent_id")),
    _number("due_at"),
    # 1 while the intent is paused: its timers stand still.
    _number("held"),
    _text("details"),
)
Index("ix_jobs_due", jobs.c.held, jobs.c.due_at)
Index("ix_jobs_intent_id", jobs.c.intent_id)

audit_events = Table(
    "audit_events",
    metadata,
    Column("audit_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _number("at"),
    _text("org_id"),
    _text("workspace_id"),
    _text("actor"),
    _text("key_id"),
    _text_or_null("request_id"),
    _text("action"),
    _text("target"),
    _text("outcome"),
    _text("details"),
)
