"""The gateway's core on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from axme.contract.clock import MovableClock
from axme.gateway.store import Store
from tests import databases, postgres
from tests.gateway.rig import Rig


@pytest.fixture(params=databases.KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/axme.db"
        return
    with postgres.database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An empty store on each database."""
    made = Store.open(database_url, MovableClock())
    yield made
    made.close()


@pytest.fixture(params=databases.KINDS)
def ready_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the present schema and nothing else, once of each kind."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres_server")
    return databases.url(tmp_path, request.param)


@pytest.fixture
def rig(ready_url: str) -> Iterator[Rig]:
    """A booted core on each database."""
    made = Rig(ready_url)
    yield made
    made.close()


@pytest.fixture
def one_rig(tmp_path: Path) -> Iterator[Rig]:
    """A booted core on the database of the run, for what is about neither."""
    made = Rig(databases.url(tmp_path))
    yield made
    made.close()
