"""Intents, their events and their deliveries to agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from operator import attrgetter, itemgetter
from sys import intern
from typing import Any

from sqlalchemy import Update, and_, bindparam, insert, or_, select, union_all, update

from axme.contract.statuses import EventType, IntentStatus, WaitingReason
from axme.gateway.lifecycle import wire
from axme.gateway.lifecycle.claims import is_free
from axme.gateway.lifecycle.record import Event, IntentRecord
from axme.gateway.store import topics
from axme.gateway.store.columns import from_json, to_json, to_json_or_null
from axme.gateway.store.tables import agent_deliveries, intent_events, intents
from axme.gateway.store.tx import Row, Tx

_i, _e, _d = intents.c, intent_events.c, agent_deliveries.c

INSERT = insert(intents)
INSERT_EVENT = insert(intent_events)
INSERT_DELIVERY = insert(agent_deliveries)

BY_ID = select(intents).where(_i.intent_id == bindparam("intent_id"))
BY_ID_FOR_UPDATE = BY_ID.with_for_update()
BY_ID_IF_FREE = BY_ID.with_for_update(skip_locked=True)

#: What can change after creation.
_MUTABLE = (
    "status", "queue", "waiting_reason", "seq", "handler", "pending_with", "human_task", "deadline_at", "remind_count",
    "delivery_attempt", "policy_generation", "controls", "grants", "envelope", "paused_at", "result", "error",
    "reason", "decided_by", "decided_at", "decision", "updated_at",
    "remind_after_seconds", "remind_interval_seconds", "max_reminders", "escalate_to",
    "available_at", "claim_id", "checkpoint", "suspended", "next_wakeup_at", "resumed",
)  # fmt: skip


@cache
def _update_of(names: tuple[str, ...]) -> Update:
    """The statement that changes some columns. An index is touched only where a column of its own changes."""
    return (
        update(intents)
        .where(_i.intent_id == bindparam("id"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


EVENTS_SINCE = (
    select(intent_events).where(_e.intent_id == bindparam("intent_id"), _e.seq > bindparam("since")).order_by(_e.seq)
)

DELIVERIES_SINCE = (
    select(_d.cursor, _d.attempt, _d.created_at.label("delivered_at"), *list(_i))
    .join_from(agent_deliveries, intents, _i.intent_id == _d.intent_id)
    .where(_d.mailbox == bindparam("mailbox"), _d.cursor > bindparam("since"))
    .order_by(_d.cursor)
)
NEWEST_DELIVERY = select(_d.cursor).where(_d.mailbox == bindparam("mailbox")).order_by(_d.cursor.desc()).limit(1)

STATUS = select(_i.status).where(_i.intent_id == bindparam("intent_id"))

_SEARCHED = ("intent_id", "intent_type", "correlation_id", "from_agent", "to_agent")

_JSON = frozenset({
    "payload", "pending_with", "human_task", "controls", "grants", "envelope", "result", "error", "checkpoint",
    "suspended", "resumed",
})  # fmt: skip
_JSON_BUT_PAYLOAD = tuple(sorted(_JSON - {"payload"}))
#: What a record holds; the queue follows from it. Interned, as the names of its fields are: a record of so many is
#: made several times as fast.
_COLUMNS = tuple(intern(str(column.name)) for column in _i if column.name != "queue")
_columns_of, _columns_in = attrgetter(*_COLUMNS), itemgetter(*_COLUMNS)


def insert_record(tx: Tx, record: IntentRecord, *, payload: str) -> None:
    """Store a new intent with its first events; ``payload`` is its payload as column text."""
    record.stored = _row(record, payload)
    tx.run(INSERT, record.stored)
    _append_events(tx, record)


def save(tx: Tx, record: IntentRecord) -> None:
    """Write what has changed of an intent back, and append its new events."""
    before, row = record.stored, _row(record, record.stored["payload"])
    names = tuple([name for name in _MUTABLE if row[name] != before[name]])
    if names:
        tx.run(_update_of(names), {"id": record.intent_id} | {f"new_{name}": row[name] for name in names})
    record.stored = row
    _append_events(tx, record)


def load(tx: Tx, intent_id: str) -> IntentRecord | None:
    """The intent, to be looked at."""
    row = tx.one(BY_ID, {"intent_id": intent_id})
    return None if row is None else from_row(row)


def load_for_update(tx: Tx, intent_id: str) -> IntentRecord | None:
    """The intent, to be changed: its row is locked until the transaction ends."""
    row = tx.one(BY_ID_FOR_UPDATE, {"intent_id": intent_id})
    return None if row is None else from_row(row)


def load_if_free(tx: Tx, intent_id: str) -> IntentRecord | None:
    """The intent, to be changed; ``None`` while another transaction is changing it."""
    row = tx.one(BY_ID_IF_FREE, {"intent_id": intent_id})
    return None if row is None else from_row(row)


def from_row(row: Row) -> IntentRecord:
    """An intent as its row says."""
    values = dict(zip(_COLUMNS, _columns_in(row), strict=True))
    for name in _JSON:
        if values[name] is not None:
            values[name] = from_json(values[name])
    values["status"] = IntentStatus(values["status"])
    if values["waiting_reason"] is not None:
        values["waiting_reason"] = WaitingReason(values["waiting_reason"])
    was_free, was_claimed = row["queue"] is not None, row["claim_id"] is not None
    return IntentRecord(**values, stored=row, was_free=was_free, was_claimed=was_claimed)


def events_since(tx: Tx, intent_id: str, since: int) -> list[Event]:
    """The events after ``since``, in order."""
    return [_event(row) for row in tx.run(EVENTS_SINCE, {"intent_id": intent_id, "since": since})]


def listed(
    tx: Tx,
    *,
    org_id: str,
    workspace_id: str,
    scope: str,
    statuses: Sequence[str],
    equal: Mapping[str, str],
    agent: str | None,
    text: str | None,
    before: IntentRecord | None,
    limit: int,
) -> list[IntentRecord]:
    """The newest intents from or to a workspace, in one of ``statuses`` (if any) and with the ``equal`` columns.

    Args:
        agent: from or to this address.
        text: somewhere in what identifies it.
        before: those that come after this one in the list.
    """
    wanted = [or_(_i.org_id == org_id, _i.to_org_id == org_id), *[_i[name] == value for name, value in equal.items()]]
    if agent:
        wanted.append(or_(_i.from_agent == agent, _i.to_agent == agent))
    if text:
        wanted.append(or_(*[_i[name].icontains(text, autoescape=True) for name in _SEARCHED]))
    if before is not None:
        at = before.created_at
        wanted.append(or_(_i.created_at < at, and_(_i.created_at == at, _i.intent_id > before.intent_id)))
    if statuses:
        wanted.append(_i.status.in_(statuses))
    newest_first = (_i.created_at.desc(), _i.intent_id)
    # Each side is read along its own index and stops at the limit, however many intents there are.
    sides = [
        select(_i.intent_id).where(side, *wanted).order_by(*newest_first).limit(limit).subquery()
        for side in (_i.workspace_id == workspace_id, _i.to_scope == scope)
    ]
    either = union_all(*[select(side.c.intent_id) for side in sides])
    statement = select(intents).where(_i.intent_id.in_(either)).order_by(*newest_first).limit(limit)
    return [from_row(row) for row in tx.query(statement)]


def quiet_since(tx: Tx, *, workspace_id: str, statuses: Sequence[str], before: int, limit: int) -> list[IntentRecord]:
    """The intents of a workspace in ``statuses`` that nothing has happened to since ``before``, locked."""
    statement = (
        select(intents)
        .where(_i.workspace_id == workspace_id, _i.status.in_(statuses), _i.updated_at <= before)
        .order_by(_i.updated_at, _i.intent_id)
        .limit(limit)
        .with_for_update()
    )
    return [from_row(row) for row in tx.query(statement)]


def announced(tx: Tx, topic: str, seq: int) -> dict[str, Any] | None:
    """What was announced on ``topic`` under ``seq``, read again from the tables."""
    kind, _, name = topic.partition(":")
    if kind == "intent":
        found = [event for event in events_since(tx, name, seq - 1) if event.seq == seq]
        return wire.event(name, found[0]) if found else None
    rows = [row for row in tx.run(DELIVERIES_SINCE, {"mailbox": name, "since": seq - 1}) if row["cursor"] == seq]
    return delivery(rows[0]) if rows else None


def delivery(row: Row) -> dict[str, Any]:
    """A row of :data:`DELIVERIES_SINCE` as an agent's stream shows it."""
    return wire.delivery(from_row(row), row["cursor"], row["attempt"], row["delivered_at"])


def _queue(record: IntentRecord) -> str | None:
    """The mailbox whose workers may claim it."""
    return topics.mailbox(record.handler, record.workspace_id) if is_free(record) and record.handler else None


def _row(record: IntentRecord, payload: str) -> Row:
    row: Row = dict(zip(_COLUMNS, _columns_of(record), strict=True))
    for name in _JSON_BUT_PAYLOAD:
        if row[name] is not None:
            row[name] = to_json(row[name])
    # The driver takes plain text sooner than a word of an enumeration.
    row["status"] = record.status.value
    if record.waiting_reason is not None:
        row["waiting_reason"] = record.waiting_reason.value
    return row | {"payload": payload, "queue": _queue(record)}


def _append_events(tx: Tx, record: IntentRecord) -> None:
    rows = [
        {
            "intent_id": record.intent_id,
            "seq": event.seq,
            "event_type": event.event_type.value,
            "status": event.status.value,
            "waiting_reason": event.waiting_reason and event.waiting_reason.value,
            "handler": event.handler,
            "actor": event.actor,
            "at": event.at,
            "details": to_json(event.details),
            "pending_with": to_json_or_null(event.pending_with),
            "human_task": to_json_or_null(event.human_task),
        }
        for event in record.new_events
    ]
    tx.run_many(INSERT_EVENT, rows)


def _event(row: Row) -> Event:
    return Event(
        seq=row["seq"],
        event_type=EventType(row["event_type"]),
        status=IntentStatus(row["status"]),
        at=row["at"],
        actor=row["actor"],
        waiting_reason=WaitingReason(row["waiting_reason"]) if row["waiting_reason"] else None,
        handler=row["handler"],
        details=from_json(row["details"]),
        pending_with=from_json(row["pending_with"]),
        human_task=from_json(row["human_task"]),
    )
