"""What can be done with intents (contract 2 and 3.2)."""

from axme.gateway.actions.intents.control import update_controls, update_policy
from axme.gateway.actions.intents.create import create
from axme.gateway.actions.intents.read import Backlog, backlog, events, followed, get, has_ended, list_intents
from axme.gateway.actions.intents.resolve import bulk_cancel, resolve
from axme.gateway.actions.intents.resume import resume

__all__ = [
    "Backlog",
    "backlog",
    "bulk_cancel",
    "create",
    "events",
    "followed",
    "get",
    "has_ended",
    "list_intents",
    "resolve",
    "resume",
    "update_controls",
    "update_policy",
]
