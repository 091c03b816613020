"""Inbox threads, what happened on them, and the feed of changes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from axme.contract.schemas.webhooks import REPLY_RECEIVED, THREAD_CREATED, THREAD_UPDATED
from axme.gateway.store import topics
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.ids import new_uuid
from axme.gateway.store.queries import webhooks
from axme.gateway.store.queries.counters import next_number
from axme.gateway.store.tables import inbox_changes, thread_entries, threads
from axme.gateway.store.tx import Row, Tx

_t, _e, _c = threads.c, thread_entries.c, inbox_changes.c

INSERT = insert(threads)
INSERT_ENTRY = insert(thread_entries)
INSERT_CHANGE = insert(inbox_changes)
BY_ID = select(threads).where(_t.thread_id == bindparam("thread_id"))
BY_ID_FOR_UPDATE = BY_ID.with_for_update()
#: The threads of an intent that somebody is to act on.
ASKING = (
    select(threads)
    .where(
        _t.intent_id == bindparam("intent_id"),
        or_(_t.kind == "request", _t.kind.like("step:%")),
        _t.status != "done",
    )
    .order_by(_t.thread_id)
    .with_for_update()
)
LIST = (
    select(threads)
    .where(_t.mailbox == bindparam("mailbox"))
    .order_by(_t.updated_at.desc(), _t.thread_id)
    .limit(bindparam("limit"))
)
LIST_WITH_STATUS = LIST.where(_t.status == bindparam("status"))
UPDATE = (
    update(threads)
    .where(_t.thread_id == bindparam("id"))
    .values(
        status=bindparam("new_status"),
        mailbox=bindparam("new_mailbox"),
        owner_agent=bindparam("new_owner_agent"),
        entries=bindparam("new_entries"),
        updated_at=bindparam("new_updated_at"),
    )
)
ENTRIES = select(thread_entries).where(_e.thread_id == bindparam("thread_id")).order_by(_e.position)
DELETE_ENTRY = delete(thread_entries).where(
    _e.thread_id == bindparam("thread_id"), _e.event_id == bindparam("event_id")
)
CHANGES = (
    select(_c.seq, *list(_t))
    .join_from(inbox_changes, threads, _t.thread_id == _c.thread_id)
    # A thread that was given away is shown to its new owner alone.
    .where(_c.mailbox == bindparam("mailbox"), _t.mailbox == _c.mailbox, _c.seq > bindparam("since"))
    .order_by(_c.seq)
    .limit(bindparam("limit"))
)


def add(tx: Tx, thread: Row, *, event_type: str, actor: str, details: dict[str, Any]) -> None:
    """Store a new thread with its first entry."""
    tx.run(INSERT, thread | {"entries": 1, "created_at": tx.now, "updated_at": tx.now})
    _insert_entry(tx, thread["thread_id"], 1, event_type, actor, details)
    _announce(tx, thread)
    _tell(tx, thread, THREAD_CREATED, event_type, actor, details)


def add_entry(tx: Tx, thread: Row, *, event_type: str, actor: str, details: dict[str, Any]) -> str:
    """Append an entry and store the thread as ``thread`` says; returns the entry's id."""
    thread["entries"] += 1
    thread["updated_at"] = tx.now
    changed = ("status", "mailbox", "owner_agent", "entries", "updated_at")
    tx.run(UPDATE, {"id": thread["thread_id"], **{f"new_{name}": thread[name] for name in changed}})
    event_id = _insert_entry(tx, thread["thread_id"], thread["entries"], event_type, actor, details)
    _announce(tx, thread)
    _tell(tx, thread, REPLY_RECEIVED if event_type == "reply" else THREAD_UPDATED, event_type, actor, details)
    return event_id


def entries(tx: Tx, thread_id: str) -> list[Row]:
    """What happened on a thread, in order."""
    return [row | {"details": from_json(row["details"])} for row in tx.run(ENTRIES, {"thread_id": thread_id})]


def entries_of(tx: Tx, thread_ids: list[str]) -> dict[str, list[Row]]:
    """The entries of several threads in one query."""
    found: dict[str, list[Row]] = {thread_id: [] for thread_id in thread_ids}
    statement = select(thread_entries).where(_e.thread_id.in_(thread_ids)).order_by(_e.thread_id, _e.position)
    for row in tx.query(statement) if thread_ids else ():
        found[row["thread_id"]].append(row | {"details": from_json(row["details"])})
    return found


def _insert_entry(tx: Tx, thread_id: str, position: int, event_type: str, actor: str, details: dict[str, Any]) -> str:
    event_id = new_uuid(tx.now)
    tx.run(
        INSERT_ENTRY,
        {
            "thread_id": thread_id,
            "position": position,
            "event_id": event_id,
            "event_type": event_type,
            "actor": actor,
            "at": tx.now,
            "details": to_json(details),
        },
    )
    return event_id


def _announce(tx: Tx, thread: Row) -> None:
    topic = topics.inbox(thread["mailbox"])
    change = next_number(tx, topic)
    tx.run(INSERT_CHANGE, {"mailbox": thread["mailbox"], "seq": change, "thread_id": thread["thread_id"]})
    tx.publish(topic, change, None)


def _tell(tx: Tx, thread: Row, kind: str, event_type: str, actor: str, details: dict[str, Any]) -> None:
    hearing = webhooks.subscribers(tx, [thread["mailbox"]])
    if hearing:
        told = ("thread_id", "intent_id", "status", "owner_agent", "from_agent", "to_agent")
        entry = {"event_type": event_type, "actor": actor, "details": details}
        payload = {name: thread[name] for name in told} | {"entry": entry}
        webhooks.tell(tx, hearing, [webhooks.Happening(kind, payload)])
