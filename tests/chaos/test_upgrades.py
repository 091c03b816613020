"""C32 and deaths in a migration: old and new on one database, and an upgrade that is cut off and begun again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from axme.gateway import LocalGateway, start
from axme.gateway.local import GatewayStartError
from tests import postgres
from tests.chaos.harness import places
from tests.chaos.harness.load import Load
from tests.chaos.harness.places import KINDS, START_SECONDS
from tests.chaos.harness.sizes import add, size
from tests.chaos.inside import switch
from tests.chaos.inside.failpoints import MIGRATION
from tests.chaos.probes import body

DEATHS = 4
#: Statements of all migrations; a later one is as good as the last.
STATEMENTS = 120

pytestmark = pytest.mark.timeout(600)


def test_a_node_of_the_next_release_joins(
    postgres_server: postgres.Private, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Its migrations add to the tables under those that run: they go on, and are replaced one by one."""
    with places.postgresql(tmp_path, postgres_server.url, 2) as place:
        old, other = place.nodes
        load = Load(place, seed)
        load.more(40)
        switch.plant(monkeypatch, "next_release")
        other.restart(timeout=START_SECONDS)
        load.more(120)
        monkeypatch.undo()
        old.kill()
        with pytest.raises(GatewayStartError, match="schema r9999 of a newer axme"):
            old.restart(timeout=START_SECONDS)
        switch.plant(monkeypatch, "next_release")
        old.restart(timeout=START_SECONDS)
        load.more(40)
        add(upgrades_under_load=1, **load.judge())


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """``None`` for a file in the data directory."""
    if request.param == "sqlite":
        yield None
        return
    server: postgres.Private = request.getfixturevalue("postgres_server")
    with postgres.database(server.url) as url:
        yield url


def test_an_upgrade_that_is_cut_off_is_made_whole_by_the_next_start(
    database: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance, order = random.Random(seed), tmp_path / "order"
    switch.failpoints(monkeypatch, order)
    died = 0
    for _ in range(size(DEATHS)):
        order.write_text(f"{MIGRATION} {chance.randrange(1, STATEMENTS)}")
        try:
            _start(tmp_path, database).stop()
        except GatewayStartError:
            died += 1
            continue
        order.unlink(missing_ok=True)
        break
    order.unlink(missing_ok=True)
    with _start(tmp_path, database) as gateway, gateway.client() as client:
        made = client.send_intent(body("after"))
        assert client.get_intent(made)["intent"]["status"] == "DELIVERED"
    assert died
    add(deaths_in_a_migration=died)


def _start(folder: Path, database: str | None) -> LocalGateway:
    return start(data_dir=folder / "gateway", database=database, timeout=START_SECONDS)
