"""Links to tasks, and the askings they are for."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select, update

from axme.contract.statuses import EventType
from axme.gateway.lifecycle.links import Link
from axme.gateway.store.tables import intent_events, task_links
from axme.gateway.store.tx import Row, Tx

_l, _e = task_links.c, intent_events.c

INSERT = insert(task_links)
ONE = select(task_links).where(_l.link_id == bindparam("link_id"))
OF_INTENT = select(task_links).where(_l.intent_id == bindparam("intent_id")).order_by(_l.created_at, _l.link_id)
OF_RECIPIENT = (
    select(task_links)
    .where(
        _l.intent_id == bindparam("intent_id"),
        _l.asked_seq == bindparam("asked_seq"),
        _l.recipient == bindparam("recipient"),
    )
    .order_by(_l.created_at, _l.link_id)
)
REVOKE = (
    update(task_links).where(_l.link_id == bindparam("id"), _l.revoked_at.is_(None)).values(revoked_at=bindparam("now"))
)
NEWEST_ASKING = select(func.max(_e.seq).label("seq")).where(
    _e.intent_id == bindparam("intent_id"), _e.event_type == EventType.HUMAN_TASK_ASSIGNED.value
)


def newest_asking(tx: Tx, intent_id: str) -> int:
    """The ``seq`` of the event by which an intent asked last; 0 when it never did."""
    return (tx.one(NEWEST_ASKING, {"intent_id": intent_id}) or {}).get("seq") or 0


def find(tx: Tx, link_id: str) -> Link | None:
    """One link."""
    row = tx.one(ONE, {"link_id": link_id})
    return None if row is None else _link(row)


def of_intent(tx: Tx, intent_id: str) -> list[Link]:
    """All links of an intent, the oldest first."""
    return [_link(row) for row in tx.run(OF_INTENT, {"intent_id": intent_id})]


def of_recipient(tx: Tx, intent_id: str, asked_seq: int, recipient: str) -> list[Link]:
    """The links that a recipient was made for one asking, the oldest first."""
    sought = {"intent_id": intent_id, "asked_seq": asked_seq, "recipient": recipient}
    return [_link(row) for row in tx.run(OF_RECIPIENT, sought)]


def _link(row: Row) -> Link:
    return Link(**row)
