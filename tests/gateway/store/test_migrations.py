"""The migrations make exactly the tables that the code declares, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from axme.gateway.store.migrate import upgrade
from axme.gateway.store.tables import metadata
from tests import postgres


def difference(url: str) -> list[object]:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            upgrade(connection)
            found: list[object] = compare_metadata(MigrationContext.configure(connection), metadata)
            return found
    finally:
        engine.dispose()


def test_on_sqlite(tmp_path: Path) -> None:
    assert difference(f"sqlite:///{tmp_path / 'axme.db'}") == []


@pytest.mark.skipif(postgres.why_absent() is not None, reason=postgres.why_absent() or "")
def test_on_postgresql() -> None:
    with postgres.server() as server, postgres.database(server) as url:
        assert difference(url.replace("postgresql://", "postgresql+psycopg://")) == []
