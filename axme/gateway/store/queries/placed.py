"""Lists of what belongs to workspaces and principals."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from sqlalchemy import Table, select

from axme.gateway.store.tx import Row, Tx


def new_id(prefix: str) -> str:
    """A new id, such as ``dlv_3f…``."""
    return f"{prefix}_{secrets.token_hex(10)}"


def rows_of(
    tx: Tx,
    table: Table,
    *,
    org_id: str,
    workspaces: frozenset[str] | None,
    equal: Mapping[str, str | None],
    limit: int,
    newest_first: bool = False,
) -> list[Row]:
    """Rows of an organization, in the order they were made.

    Args:
        workspaces: of these workspaces only; ``None`` is all of them.
        equal: columns and the values they must have; ``None`` is any.
    """
    columns = table.c
    wanted = [columns[name] == value for name, value in equal.items() if value is not None]
    if workspaces is not None:
        wanted.append(columns.workspace_id.in_(sorted(workspaces)))
    order = (columns.created_at, *table.primary_key.columns)
    statement = select(table).where(columns.org_id == org_id, *wanted)
    return tx.query(statement.order_by(*(column.desc() for column in order) if newest_first else order).limit(limit))
