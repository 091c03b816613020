"""What can be done with intents (contract 2 and 3.2)."""

from axme.gateway.actions.intents.create import create
from axme.gateway.actions.intents.read import Backlog, backlog, events, get, list_intents

__all__ = ["Backlog", "backlog", "create", "events", "get", "list_intents"]
