"""Deliveries and the tries to make them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update

from axme.gateway.store.tables import deliveries, delivery_attempts
from axme.gateway.store.tx import Row, Tx

SUBMITTED = "submitted"
PENDING = "pending"
DELIVERED = "delivered"
FAILED = "failed"
DEAD_LETTERED = "dead_lettered"
#: Not ended yet.
OPEN = (SUBMITTED, PENDING)
_d, _t = deliveries.c, delivery_attempts.c

INSERT = insert(deliveries).values({column.name: bindparam(column.name) for column in deliveries.columns})
INSERT_ATTEMPT = insert(delivery_attempts).values(
    {column.name: bindparam(column.name) for column in delivery_attempts.columns}
)
DELIVERY = select(deliveries).where(_d.delivery_id == bindparam("delivery_id"))
#: Whoever changes a delivery holds its row until the change is committed.
DELIVERY_TO_CHANGE = DELIVERY.with_for_update()
ATTEMPTS = select(delivery_attempts).where(_t.delivery_id == bindparam("delivery_id")).order_by(_t.attempt)
UPDATE = (
    update(deliveries)
    .where(_d.delivery_id == bindparam("id"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (
                "transport_type",
                "route_id",
                "status",
                "error_detail",
                "attempt_count",
                "next_attempt_at",
                "updated_at",
            )
        }
    )
)


def counts(tx: Tx, *, org_id: str, workspaces: frozenset[str] | None, since: int) -> list[Row]:
    """How many deliveries made after ``since`` there are of each status and transport."""
    return tx.query(
        select(_d.status, _d.transport_type, func.count().label("count"))
        .where(*_inside(org_id, workspaces), _d.created_at >= since)
        .group_by(_d.status, _d.transport_type)
    )


def oldest_open(tx: Tx, *, org_id: str, workspaces: frozenset[str] | None) -> int | None:
    """When the oldest delivery that has not ended was made."""
    rows = tx.query(
        select(func.min(_d.created_at).label("at")).where(*_inside(org_id, workspaces), _d.status.in_(OPEN))
    )
    found: int | None = rows[0]["at"]
    return found


def stale(tx: Tx, *, org_id: str, workspaces: frozenset[str] | None, before: int, limit: int) -> list[Row]:
    """Open deliveries to which nothing has happened since ``before``, locked, the longest waiting first."""
    return tx.query(
        select(deliveries)
        .where(*_inside(org_id, workspaces), _d.status.in_(OPEN), _d.updated_at <= before)
        .order_by(_d.updated_at, _d.delivery_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _inside(org_id: str, workspaces: frozenset[str] | None) -> list[ColumnElement[bool]]:
    own = [_d.org_id == org_id]
    return own if workspaces is None else [*own, _d.workspace_id.in_(sorted(workspaces))]
