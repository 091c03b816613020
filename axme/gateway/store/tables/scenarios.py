"""Scenarios under way: one row for each, beside the intent it is about."""

from __future__ import annotations

from sqlalchemy import Table

from axme.gateway.store.tables.build import key, metadata, number, text_, text_default, text_or_null

scenario_runs = Table(
    "scenario_runs",
    metadata,
    key("intent_id", "intents.intent_id"),
    # Who applied it, and sends its steps.
    text_("sender"),
    text_("steps"),
    text_("step_id"),
    number("attempt"),
    text_or_null("step_intent_id"),
    text_("results"),
    text_default("progress", "{}"),
)
