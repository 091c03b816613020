"""Counters that follow the order of commits: whoever takes the next number holds the row until it commits."""

from __future__ import annotations

from sqlalchemy import bindparam, text

from axme.gateway.store.tx import Tx

#: Agent cursors skip every other number, so that a client asking from ``last + 1`` and one asking from ``last``
#: are given the same items (contract 1.11).
STEP = 2

_NEXT = text(
    "INSERT INTO counters (name, value) VALUES (:name, :step) "
    "ON CONFLICT (name) DO UPDATE SET value = counters.value + :step RETURNING value"
).bindparams(bindparam("step", STEP))


def next_number(tx: Tx, name: str) -> int:
    """The next number of counter ``name``."""
    row = tx.one(_NEXT, {"name": name})
    if row is None:
        raise AssertionError("an upsert with RETURNING answers one row")
    return int(row["value"])
