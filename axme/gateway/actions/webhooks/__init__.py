"""Webhooks: who is told of what, what happened, and the tries to tell (contract 3.12)."""

from axme.gateway.actions.webhooks.events import get_event, list_events, publish, replay, replay_since
from axme.gateway.actions.webhooks.sending import prepare, settle
from axme.gateway.actions.webhooks.subscriptions import delete, list_subscriptions, rotate_secret, upsert

__all__ = [
    "delete",
    "get_event",
    "list_events",
    "list_subscriptions",
    "prepare",
    "publish",
    "replay",
    "replay_since",
    "rotate_secret",
    "settle",
    "upsert",
]
