"""Counting what is used, and adding it up."""

from __future__ import annotations

import random

from sqlalchemy import bindparam, func, select, text, union_all

from axme.gateway.store.tables import usage_counts, usage_days
from axme.gateway.store.tx import Row, Tx

#: Transactions that count the same thing at the same time wait for each other only when they hit the same shard.
_SHARDS = 16
_c, _d = usage_counts.c, usage_days.c

#: One statement: count, and learn the sum and the limit. SQLite has one writer, hence one shard, and sums nothing.
_ADD = text(
    "INSERT INTO usage_counts (workspace_id, dimension, day, shard, used)"
    " VALUES (:workspace_id, :dimension, :day, :shard, :amount)"
    " ON CONFLICT (workspace_id, dimension, day, shard) DO UPDATE SET used = usage_counts.used + excluded.used"
    " RETURNING used + (SELECT COALESCE(SUM(o.used), 0) FROM usage_counts o WHERE o.workspace_id = :workspace_id"
    " AND o.dimension = :dimension AND o.day = :day AND o.shard <> :shard) AS used,"
    " (SELECT ceiling || ' ' || soft || ' ' || beyond FROM quota_limits q"
    " WHERE q.workspace_id = :workspace_id AND q.dimension = :dimension) AS quota"
)
_RAISE = text(
    "INSERT INTO usage_counts (workspace_id, dimension, day, shard, used)"
    " VALUES (:workspace_id, :dimension, :day, 0, :peak)"
    " ON CONFLICT (workspace_id, dimension, day, shard) DO UPDATE SET used = excluded.used"
    " WHERE excluded.used > usage_counts.used"
)
_both = union_all(
    select(_c.workspace_id, _c.dimension, _c.day, _c.used), select(_d.workspace_id, _d.dimension, _d.day, _d.used)
).subquery()
BY_DAY = (
    select(_both.c.day, _both.c.dimension, func.sum(_both.c.used).label("used"))
    .where(_both.c.workspace_id == bindparam("workspace_id"))
    .where(_both.c.day >= bindparam("first"), _both.c.day <= bindparam("last"))
    .group_by(_both.c.day, _both.c.dimension)
)
#: Taking the counts of closed days and keeping their sums is one transaction: no count is ever in both places.
TAKE_CLOSED = text(
    "DELETE FROM usage_counts WHERE day > 0 AND day < :today RETURNING workspace_id, dimension, day, used"
)
TAKE_CLOSED_OF = text(
    "DELETE FROM usage_counts WHERE workspace_id = :workspace_id AND day >= :first AND day < :today"
    " RETURNING workspace_id, dimension, day, used"
)
LEVELS = (
    select(_c.workspace_id, _c.dimension, func.sum(_c.used).label("used"))
    .where(_c.day == 0)
    .group_by(_c.workspace_id, _c.dimension)
)
_KEEP = text(
    "INSERT INTO usage_days (workspace_id, dimension, day, used) VALUES (:workspace_id, :dimension, :day, :used)"
    " ON CONFLICT (workspace_id, dimension, day) DO UPDATE SET used = usage_days.used + excluded.used"
)
_KEEP_LEVEL = text(
    "INSERT INTO usage_days (workspace_id, dimension, day, used) VALUES (:workspace_id, :dimension, :day, :used)"
    " ON CONFLICT (workspace_id, dimension, day) DO UPDATE SET used = excluded.used"
)


def add(tx: Tx, workspace_id: str, dimension: str, day: int, amount: int) -> Row:
    """Count ``amount``; returns what is ``used`` now, and ``quota``: ``ceiling soft beyond`` of a limit that is set."""
    shard = 0 if tx.has_one_writer else random.randrange(_SHARDS)
    row = {"workspace_id": workspace_id, "dimension": dimension, "day": day, "shard": shard, "amount": amount}
    return tx.run(_ADD, row)[0]


def note_peak(tx: Tx, workspace_id: str, dimension: str, day: int, peak: int) -> None:
    """Keep ``peak`` if it is the highest of the day."""
    tx.run(_RAISE, {"workspace_id": workspace_id, "dimension": dimension, "day": day, "peak": peak})


def keep(tx: Tx, rows: list[Row]) -> None:
    """Add the sums of closed days."""
    tx.run_many(_KEEP, rows)


def keep_levels(tx: Tx, rows: list[Row]) -> None:
    """Note how high the levels stood at the end of a day."""
    tx.run_many(_KEEP_LEVEL, rows)
