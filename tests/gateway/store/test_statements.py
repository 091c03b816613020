"""How Core statements reach the drivers."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable

from axme.gateway.store.queries.cross_org import KILLED_OF
from axme.gateway.store.tables import organizations, service_accounts
from axme.gateway.store.tx import Statements
from tests.gateway.rig import Rig

DIALECTS = [sqlite.dialect(), psycopg.dialect()]
_a = service_accounts.c


@pytest.mark.parametrize("dialect", DIALECTS, ids=["sqlite", "postgresql"])
def test_constants_are_written_out_and_parameters_are_not(dialect: Dialect) -> None:
    statement = select(_a.address).where(_a.name == bindparam("name"), _a.status != "deleted", _a.updated_at > 7)
    prepared = Statements(dialect)[statement]
    assert "status != 'deleted'" in prepared.sql
    assert "updated_at > 7" in prepared.sql
    assert prepared.arguments({"name": "x"}) in (("x",), {"name": "x"})


def test_constants_with_special_characters_mean_themselves(rig: Rig) -> None:
    odd = """it's 100 % "odd" \\ :name ?"""
    found = rig.store.read_sync(lambda tx: tx.run(select(organizations.c.slug).where(organizations.c.slug != odd)))
    assert [row["slug"] for row in found] == ["local"]
    assert rig.store.read_sync(lambda tx: tx.run(select(organizations.c.slug).where(organizations.c.slug == odd))) == []


def test_a_statement_run_once_may_hold_a_list(rig: Rig) -> None:
    for slugs, expected in ((["local", "other"], 1), (["other"], 0), ([], 0)):
        statement = select(organizations.c.slug).where(organizations.c.slug.in_(slugs))
        assert len(rig.store.read_sync(lambda tx, s=statement: tx.query(s))) == expected


@pytest.mark.sqlite
def test_living_accounts_are_found_by_the_index_of_the_living(one_rig: Rig) -> None:
    sql = Statements(sqlite.dialect())[KILLED_OF].sql
    for position in range(sql.count("?")):
        sql = sql.replace("?", f"'{position}'" if position < 2 else "0", 1)
    plan = one_rig.store.read_sync(lambda tx: tx.query(text(f"EXPLAIN QUERY PLAN {sql}")))
    assert all("uq_service_accounts_living_address" in step["detail"] for step in plan if "OR" not in step["detail"])


def test_what_is_no_query_is_refused() -> None:
    with pytest.raises(TypeError, match="is no query"):
        Statements(sqlite.dialect())[CreateTable(organizations)]
