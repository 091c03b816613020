"""The gateway's core on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases, postgres
from tests.gateway.rig import Rig


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server for the run."""
    if why := postgres.why_absent():
        pytest.skip(why)
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/axme.db"
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def rig(database_url: str) -> Iterator[Rig]:
    """A booted core on each database."""
    made = Rig(database_url)
    yield made
    made.close()


@pytest.fixture
def one_rig(tmp_path: Path) -> Iterator[Rig]:
    """A booted core on the database of the run, for what is about neither."""
    made = Rig(databases.url(tmp_path))
    yield made
    made.close()
