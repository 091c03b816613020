"""Inbox threads (contract 3.4)."""

from __future__ import annotations

from axme.contract.schemas import inbox as schemas
from axme.gateway.actions import inbox
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import LIMIT, OWNER, Text
from axme.gateway.store import Tx

_ONE = "/v1/inbox/{thread_id}"


def list_threads(tx: Tx, asked: Asked) -> Body:
    """The threads of an owner."""
    return inbox.list_threads(tx, asked.who, owner=asked.owner, status=asked.query["status"])


def changes(tx: Tx, asked: Asked) -> Body:
    """Changed threads, the oldest change first."""
    query = asked.query
    return inbox.changes(tx, asked.who, owner=asked.owner, cursor=query["cursor"], limit=query["limit"])


def get(tx: Tx, asked: Asked) -> Body:
    """One thread."""
    return inbox.get(tx, asked.who, asked.params["thread_id"], owner=asked.owner)


def mark_read(tx: Tx, asked: Asked) -> Body:
    """Seen."""
    return inbox.mark_read(tx, asked.who, asked.params["thread_id"], owner=asked.owner)


def reply(tx: Tx, asked: Asked) -> Body:
    """Add a message."""
    return inbox.reply(tx, asked.who, asked.params["thread_id"], asked.body, owner=asked.owner)


def delegate(tx: Tx, asked: Asked) -> Body:
    """Hand to another owner."""
    return inbox.delegate(tx, asked.who, asked.params["thread_id"], asked.body, owner=asked.owner)


def approve(tx: Tx, asked: Asked) -> Body:
    """Say yes."""
    return inbox.approve(tx, asked.who, asked.params["thread_id"], asked.body, owner=asked.owner)


def reject(tx: Tx, asked: Asked) -> Body:
    """Say no."""
    return inbox.reject(tx, asked.who, asked.params["thread_id"], asked.body, owner=asked.owner)


def delete_messages(tx: Tx, asked: Asked) -> Body:
    """Remove messages."""
    return inbox.delete_messages(tx, asked.who, asked.params["thread_id"], asked.body, owner=asked.owner)


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/inbox",
        name="list_inbox",
        about="List the threads of an owner.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(list_threads),
        query=(Text(name="status", about="Only in this status.", choices=schemas.THREAD_STATUSES), OWNER),
        answer=schemas.InboxList,
    ),
    Operation(
        methods=("GET",),
        path="/v1/inbox/changes",
        name="list_inbox_changes",
        about="List changed threads, the oldest change first, from a cursor on.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(changes),
        query=(Text(name="cursor", about="The next_cursor of the page before."), LIMIT, OWNER),
        answer=schemas.InboxChanges,
    ),
    Operation(
        methods=("GET",),
        path=_ONE,
        name="get_inbox_thread",
        about="Read one thread.",
        access=Access.MACHINE,
        may=roles.INTENT_READ,
        action=Reads(get),
        query=(OWNER,),
        answer=schemas.InboxAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/read",
        name="mark_inbox_thread_read",
        about="Mark a thread as seen.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(mark_read),
        query=(OWNER,),
        answer=schemas.InboxAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/reply",
        name="reply_inbox_thread",
        about="Add a message to a thread.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(reply),
        query=(OWNER,),
        body=schemas.InboxReply,
        answer=schemas.InboxAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/delegate",
        name="delegate_inbox_thread",
        about="Hand a thread to another owner.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(delegate),
        query=(OWNER,),
        body=schemas.InboxDelegate,
        answer=schemas.InboxAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/approve",
        name="approve_inbox_thread",
        about="Close a thread with a yes; it decides the human task of its intent.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(approve),
        query=(OWNER,),
        body=schemas.InboxDecision,
        answer=schemas.InboxAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/reject",
        name="reject_inbox_thread",
        about="Close a thread with a no; it decides the human task of its intent.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(reject),
        query=(OWNER,),
        body=schemas.InboxDecision,
        answer=schemas.InboxAnswer,
    ),
    Operation(
        methods=("POST",),
        path=f"{_ONE}/messages/delete",
        name="delete_inbox_messages",
        about="Remove messages from a thread.",
        access=Access.MACHINE,
        may=roles.INTENT_WRITE,
        action=Writes(delete_messages),
        query=(OWNER,),
        body=schemas.InboxDelete,
        answer=schemas.InboxDeleted,
    ),
)
