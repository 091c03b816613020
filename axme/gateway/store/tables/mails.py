"""Mails about tasks, and what became of them."""

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
