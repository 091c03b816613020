"""Links that let people answer tasks."""

from __future__ import annotations

from sqlalchemy import Index, Table

from axme.gateway.store.tables.build import key, metadata, number, number_or_null, text_

task_links = Table(
    "task_links",
    metadata,
    key("link_id"),
    text_("intent_id", "intents.intent_id"),
    # The seq of the event by which the intent asked.
    number("asked_seq"),
    text_("recipient"),
    text_("made_by"),
    number("created_at"),
    number_or_null("expires_at"),
    number_or_null("revoked_at"),
)
Index("ix_task_links_intent_id", task_links.c.intent_id, task_links.c.asked_seq)
