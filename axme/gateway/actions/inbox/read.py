"""Looking into inboxes."""

from __future__ import annotations

import re
from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import BAD_CURSOR, NOT_FOUND, OWNER_SCOPE_MISMATCH
from axme.contract.limits import LIST_LIMIT
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store import topics
from axme.gateway.store.queries import threads
from axme.gateway.store.tx import Row, Tx

#: ``<number of the change in its mailbox>:<thread id>``; the number grows in the order of commits.
_CURSOR = re.compile(r"([0-9]{1,18}):[0-9a-f-]{1,64}")


def list_threads(tx: Tx, who: Identity, *, owner: str | None, status: str | None) -> dict[str, Any]:
    """The threads of an owner, the last changed first. ``GET /v1/inbox``"""
    mailbox = mailbox_of(who, owner)
    query = {"mailbox": mailbox, "limit": LIST_LIMIT[1]}
    listed = threads.LIST_WITH_STATUS if status else threads.LIST
    rows = tx.run(listed, query | {"status": status})
    shown = _shown(tx, rows)
    return {"ok": True, "threads": shown, "items": shown}


def changes(tx: Tx, who: Identity, *, owner: str | None, cursor: str | None, limit: int) -> dict[str, Any]:
    """The changes after ``cursor``, the oldest first; none is ever skipped. ``GET /v1/inbox/changes``

    Raises:
        GatewayError: 400 ``bad_cursor``.
    """
    since = _since(cursor)
    query = {"mailbox": mailbox_of(who, owner), "since": since, "limit": limit + 1}
    rows = tx.run(threads.CHANGES, query)
    found = [
        {"cursor": f"{row['seq']}:{row['thread_id']}", "thread": shown}
        for row, shown in zip(rows[:limit], _shown(tx, rows[:limit]), strict=True)
    ]
    return {
        "ok": True,
        "changes": found,
        "next_cursor": found[-1]["cursor"] if found else cursor or None,
        "has_more": len(rows) > limit,
    }


def get(tx: Tx, who: Identity, thread_id: str, *, owner: str | None) -> dict[str, Any]:
    """One thread. ``GET /v1/inbox/{thread_id}``

    Raises:
        GatewayError: 404, there is none in the caller's workspace; 403, it is another owner's.
    """
    return answer(tx, require_owner(who, owner, tx.one(threads.BY_ID, {"thread_id": thread_id})))


def answer(tx: Tx, thread: Row) -> dict[str, Any]:
    """The answer of every call about one thread."""
    return {"ok": True, "thread": _wire(thread, threads.entries(tx, thread["thread_id"]))}


def mailbox_of(who: Identity, owner: str | None) -> str:
    """The mailbox of ``owner``, or the caller's own."""
    return topics.mailbox(owner_address(who, owner), who.workspace_id)


def require_owner(who: Identity, owner: str | None, thread: Row | None) -> Row:
    """Let through the owner's thread alone.

    Raises:
        GatewayError: 404 for what the caller's workspace does not have, 403 for what another of its owners has.
    """
    mailbox = mailbox_of(who, owner)
    if thread is None or not in_workspace(who, thread):
        raise GatewayError(
            NOT_FOUND, "there is no such thread: check the id, and that the key belongs to its workspace"
        )
    if thread["mailbox"] != mailbox:
        raise GatewayError(
            OWNER_SCOPE_MISMATCH,
            f"this thread belongs to {thread['owner_agent']}: say owner_agent={thread['owner_agent']} to act for it",
            details={"owner_agent": thread["owner_agent"]},
        )
    return thread


def in_workspace(who: Identity, thread: Row) -> bool:
    """Whether the thread lies in a mailbox of the caller's workspace."""
    mailbox: str = thread["mailbox"]
    return thread["org_id"] == who.org_id and (
        mailbox.startswith((f"agent://{who.scope}/", f"user://{who.scope}/"))
        or mailbox.endswith(f"@{who.workspace_id}")
    )


def _since(cursor: str | None) -> int:
    if not cursor:
        return 0
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise GatewayError(
            BAD_CURSOR, "this is no cursor of this inbox: use next_cursor as it was given, or none at all"
        )
    return int(match[1])


def _shown(tx: Tx, rows: list[Row]) -> list[dict[str, Any]]:
    entries = threads.entries_of(tx, [row["thread_id"] for row in rows])
    return [_wire(row, entries[row["thread_id"]]) for row in rows]


def _wire(thread: Row, entries: list[Row]) -> dict[str, Any]:
    return {
        "thread_id": thread["thread_id"],
        "intent_id": thread["intent_id"],
        "status": thread["status"],
        "owner_agent": thread["owner_agent"],
        "from_agent": thread["from_agent"],
        "to_agent": thread["to_agent"],
        "created_at": to_text(thread["created_at"]),
        "updated_at": to_text(thread["updated_at"]),
        "timeline": [
            {
                "event_id": entry["event_id"],
                "event_type": entry["event_type"],
                "actor": entry["actor"],
                "at": to_text(entry["at"]),
                "details": entry["details"],
            }
            for entry in entries
        ],
    }
