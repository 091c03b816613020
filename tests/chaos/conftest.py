"""Places to break, and the seed of what happens there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.chaos.harness import places
from tests.chaos.harness.places import Place
from tests.chaos.harness.sizes import SEED, new_seed
from tests.chaos.power import PowerLine, why_absent

#: What takes minutes is begun first, so that no worker is left with it alone in the end.
_LONGEST = ("::test_kills_under_load", "::test_the_gateway_does_as_the_model", "::test_power_cuts", "::test_deaths_at")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; whatever else is in the run stays as it is."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in _LONGEST))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """One seed drives load, faults and moments; a failing test shows the command that repeats it."""
    made = new_seed()
    print(f"repeat with: {SEED}={made} tox -e chaos -- '{request.node.nodeid}'")
    return made


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Private]:
    """One private server for all: what is tested is what an acknowledged write survives, so it syncs."""
    if postgres._bin() is None:
        pytest.skip(postgres.why_absent() or "needs a PostgreSQL of its own: install Debian's package postgresql")
    with postgres.private() as made:
        yield made


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PowerLine:
    """A data directory whose power can be cut, and whose disk can break."""
    if why := why_absent():
        pytest.skip(why)
    return PowerLine(tmp_path, monkeypatch)


@pytest.fixture(params=places.KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """One gateway, on either database."""
    if request.param == "sqlite":
        with places.sqlite(tmp_path / "gateway") as made:
            yield made
    else:
        server: postgres.Private = request.getfixturevalue("postgres_server")
        with places.postgresql(tmp_path, server.url) as made:
            yield made
