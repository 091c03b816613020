"""A SQLite file that is removed, emptied or replaced: nothing is acknowledged that the next start would not find."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from axme.contract.clock import MovableClock
from axme.gateway.errors import GatewayError
from axme.gateway.store import Store, sqlite
from axme.gateway.store.errors import StoreError
from axme.gateway.store.queries.counters import next_number


def _open(path: Path) -> Store:
    return Store.open(f"sqlite:///{path}", MovableClock())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in which something stands."""
    made = tmp_path / "axme.db"
    store = _open(made)
    assert store.write_sync(lambda tx: next_number(tx, "c")) == 2
    store.close()
    return made


@pytest.mark.parametrize("loss", [Path.unlink, lambda path: os.truncate(path, 0)], ids=["removed", "emptied"])
def test_no_empty_database_takes_the_place_of_a_lost_one(path: Path, loss: object) -> None:
    kept = path.read_bytes()
    loss(path)  # type: ignore[operator]
    for _ in range(2):
        with pytest.raises(StoreError, match=r"is gone, or empty.*put it back.*remove .*axme\.db\.lock"):
            _open(path)
    path.write_bytes(kept)
    store = _open(path)
    assert store.write_sync(lambda tx: next_number(tx, "c")) == 4
    store.close()


def test_who_wants_an_empty_one_says_so(path: Path) -> None:
    path.unlink()
    path.with_name("axme.db.lock").unlink()
    store = _open(path)
    assert store.write_sync(lambda tx: next_number(tx, "c")) == 2
    store.close()


@pytest.mark.parametrize("replaced", [False, True])
def test_while_another_file_or_none_is_in_its_place_nothing_is_stored(path: Path, replaced: bool) -> None:
    elsewhere = path.with_name("elsewhere.db")
    store = _open(path)
    try:
        path.rename(elsewhere)
        if replaced:
            path.write_bytes(elsewhere.read_bytes())
        with pytest.raises(GatewayError) as refused:
            store.write_sync(lambda tx: next_number(tx, "c"))
        assert refused.value.code.status == 503
        assert store.trouble == "the database file axme.db was removed or replaced"
        elsewhere.rename(path)
        assert store.write_sync(lambda tx: next_number(tx, "c")) == 4
        assert store.trouble is None
    finally:
        store.close()


RACE = {(3, 6, 23): False, (3, 7, 0): True, (3, 40, 1): True, (3, 44, 5): True, (3, 44, 6): False, (3, 45, 0): True}
RACE |= {(3, 50, 6): True, (3, 50, 7): False, (3, 51, 0): True, (3, 51, 2): True, (3, 51, 3): False, (3, 52, 0): False}


@pytest.mark.parametrize("version", RACE)
def test_releases_that_lose_pages_are_known(version: tuple[int, ...]) -> None:
    assert sqlite.has_the_reset_race(version) is RACE[version]


def test_one_connection_writes(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Releases of SQLite before 3.51.3 can lose pages where two write and copy the journal back at once."""
    caplog.set_level(logging.INFO, "axme.gateway")
    store = _open(path)
    affected = sqlite.has_the_reset_race(sqlite3.sqlite_version_info)
    assert any("one alone writes" in record.getMessage() for record in caplog.records) is affected
    try:
        with pytest.raises(GatewayError) as refused:
            store.read_sync(lambda tx: tx.query(text("DELETE FROM counters")))
        assert isinstance(refused.value.__context__, sqlite3.OperationalError) or refused.value.code.status == 503
        assert store.write_sync(lambda tx: next_number(tx, "c")) == 4
    finally:
        store.close()
