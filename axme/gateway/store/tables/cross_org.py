"""Who may send to whom: the policies of organizations and agents, and the senders they name."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from axme.gateway.store.tables.build import key, metadata, number, text_, text_or_null

sender_policies = Table(
    "sender_policies",
    metadata,
    # Which of the three policies, and the organization or agent address it belongs to.
    key("kind"),
    key("subject"),
    text_("org_id", "organizations.org_id"),
    text_("mode"),
    number("updated_at"),
    sqlite_with_rowid=False,
)

sender_policy_entries = Table(
    "sender_policy_entries",
    metadata,
    key("entry_id"),
    text_("kind"),
    text_("subject"),
    text_("sender_pattern"),
    # "allow" or "deny" is an exception that comes before the mode; a plain entry belongs to the mode's list.
    text_("effect"),
    # As it was given, where an organization was given.
    text_or_null("source_org_id"),
    number("created_at"),
    UniqueConstraint("kind", "subject", "sender_pattern", "effect", name="uq_sender_policy_entries_pattern"),
)
Index("ix_sender_policy_entries_subject", sender_policy_entries.c.kind, sender_policy_entries.c.subject)
