"""Every page of the console."""

from __future__ import annotations

from axme.gateway.web.console import access, agents, deliveries, inbox, intents, sign_in, tasks, webhooks

PAGES = (
    *sign_in.PAGES,
    *intents.PAGES,
    *tasks.PAGES,
    *inbox.PAGES,
    *agents.PAGES,
    *deliveries.PAGES,
    *webhooks.PAGES,
    *access.PAGES,
)
