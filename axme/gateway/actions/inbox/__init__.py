"""Inboxes: what reaches an owner, and what the owner does about it (contract 3.4)."""

from axme.gateway.actions.inbox.act import approve, delegate, delete_messages, mark_read, reject, reply
from axme.gateway.actions.inbox.read import changes, get, list_threads

__all__ = [
    "approve",
    "changes",
    "delegate",
    "delete_messages",
    "get",
    "list_threads",
    "mark_read",
    "reject",
    "reply",
]
