"""What is kept for people to look at, and deleted when it is old: deliveries with their tries, and mails."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Table, delete, select

from axme.contract.statuses import TERMINAL
from axme.gateway.store.queries import deliveries as of_deliveries
from axme.gateway.store.queries import mails, webhooks
from axme.gateway.store.tables import (
    deliveries,
    delivery_attempts,
    intents,
    owner_mails,
    task_mails,
    webhook_attempts,
    webhook_deliveries,
    webhook_events,
)
from axme.gateway.store.tx import Tx

_w, _d, _m, _o = webhook_events.c, webhook_deliveries.c, task_mails.c, owner_mails.c


def prune(tx: Tx, before: int, most: int) -> bool:
    """Delete what has come to its end, and is from before a time.

    Args:
        tx: the transaction.
        before: the time, in microseconds.
        most: how much of each kind at once.

    Returns:
        Whether there may be more.
    """
    return max(_webhooks(tx, before, most), _deliveries(tx, before, most), _mails(tx, before, most)) >= most


def _webhooks(tx: Tx, before: int, most: int) -> int:
    waiting = select(_d.delivery_id).where(_d.event_id == _w.event_id, _d.status == webhooks.PENDING).exists()
    old = select(_w.event_id).where(_w.created_at <= before, ~waiting).order_by(_w.created_at)
    found = _ids(tx, old, most)
    told = select(_d.delivery_id).where(_d.event_id.in_(found))
    _delete(tx, webhook_attempts, webhook_attempts.c.delivery_id.in_(told))
    _delete(tx, webhook_deliveries, _d.event_id.in_(found))
    _delete(tx, webhook_events, _w.event_id.in_(found))
    return len(found)


def _deliveries(tx: Tx, before: int, most: int) -> int:
    column = deliveries.c
    ended = (of_deliveries.DELIVERED, of_deliveries.FAILED, of_deliveries.DEAD_LETTERED)
    old = select(column.delivery_id).where(column.status.in_(ended), column.updated_at <= before)
    found = _ids(tx, old, most)
    _delete(tx, delivery_attempts, delivery_attempts.c.delivery_id.in_(found))
    _delete(tx, deliveries, column.delivery_id.in_(found))
    return len(found)


def _mails(tx: Tx, before: int, most: int) -> int:
    over = select(intents.c.intent_id).where(
        intents.c.intent_id == _m.intent_id, intents.c.status.in_(sorted(TERMINAL))
    )
    old = select(_m.mail_id).where(_m.created_at <= before, _m.status != mails.PENDING, over.exists())
    tasks = _ids(tx, old.order_by(_m.created_at), most)
    _delete(tx, task_mails, _m.mail_id.in_(tasks))
    owners = _ids(tx, select(_o.mail_id).where(_o.created_at <= before, _o.status != mails.PENDING), most)
    _delete(tx, owner_mails, _o.mail_id.in_(owners))
    return max(len(tasks), len(owners))


def _ids(tx: Tx, old: Select[tuple[str]], most: int) -> list[str]:
    return [next(iter(row.values())) for row in tx.query(old.limit(most))]


def _delete(tx: Tx, table: Table, which: ColumnElement[bool]) -> None:
    tx.query(delete(table).where(which))
