"""Mails about tasks, and to owners of what could not be delivered; and what became of them."""

from __future__ import annotations

from sqlalchemy import Index, Table

from axme.gateway.store.tables.build import key, metadata, number, number_or_null, text_, text_or_null

task_mails = Table(
    "task_mails",
    metadata,
    key("mail_id"),
    text_("intent_id", "intents.intent_id"),
    # The seq of the event by which the intent asked, and of the one this mail is about.
    number("asked_seq"),
    number("seq"),
    text_("occasion"),
    # As the task names them, and where that leads.
    text_("recipient"),
    text_("address"),
    text_or_null("note"),
    text_("status"),
    number("attempt_count"),
    text_or_null("error_detail"),
    number("created_at"),
    number("updated_at"),
    number_or_null("sent_at"),
)
Index("ix_task_mails_intent_id", task_mails.c.intent_id, task_mails.c.address)
Index("ix_task_mails_address", task_mails.c.address, task_mails.c.created_at)
Index("ix_task_mails_created_at", task_mails.c.created_at)

owner_mails = Table(
    "owner_mails",
    metadata,
    key("mail_id"),
    text_("org_id", "organizations.org_id"),
    text_("workspace_id", "workspaces.workspace_id"),
    # What could not be delivered to: a subscription, an agent, a principal; and whose it is.
    text_("about"),
    text_("owner"),
    text_("address"),
    text_("title"),
    text_("note"),
    # Of the page that tells more.
    text_("path"),
    text_("status"),
    number("attempt_count"),
    text_or_null("error_detail"),
    number("created_at"),
    number("updated_at"),
)
Index("ix_owner_mails_address", owner_mails.c.address, owner_mails.c.created_at)
Index("ix_owner_mails_created_at", owner_mails.c.created_at)
