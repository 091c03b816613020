"""Principals."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select

from axme.gateway.store.tables import principals

ACTIVE = "active"
INSERT = insert(principals).values({column.name: bindparam(column.name) for column in principals.columns})
PRINCIPAL = select(principals).where(principals.c.principal_id == bindparam("principal_id"))
