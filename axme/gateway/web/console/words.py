"""Words of the console: where one can go, and what was just done."""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """One entry of the navigation, for those who may do its operation."""

    path: str
    label: str
    operation: str


NAVIGATION = (
    Item("intents", "Intents", "list_intents"),
    Item("tasks", "Tasks", "list_my_tasks"),
    Item("inbox", "Inbox", "list_inbox"),
    Item("agents", "Agents", "list_mesh_agents"),
    Item("deliveries", "Deliveries", "list_deliveries"),
    Item("webhooks", "Webhooks", "list_webhook_events"),
    Item("access", "Access", "list_service_accounts"),
)

NOTES = {
    "canceled": "The intent was canceled.",
    "decided": "Your decision was recorded.",
    "killed": "The agent was stopped: nothing goes to it or comes from it until it is resumed.",
    "resumed": "The agent sends and receives again.",
    "replayed": "It is on its way again.",
    "revoked": "The key was revoked: from now on it is refused.",
    "created": "The service account was made. Give it a key next.",
    "added": "The member was added.",
    "replied": "Your reply was added.",
    "read": "The thread is marked as read.",
}
