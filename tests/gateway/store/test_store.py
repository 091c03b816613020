"""What the store promises: on disk before the answer, alone in one's failure, one process a file."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from axme.contract.clock import MovableClock
from axme.contract.codes import FORBIDDEN
from axme.gateway.errors import GatewayError
from axme.gateway.store import Notice, Store, Tx
from axme.gateway.store.errors import StoreClosedError, StoreError
from axme.gateway.store.queries.counters import next_number
from axme.gateway.store.tables import metadata

COUNT = text("SELECT count(*) AS n FROM counters")


def open_file(path: Path) -> Store:
    """A store on a file."""
    return Store.open(f"sqlite:///{path}", MovableClock())


def count(store: Store) -> int:
    """How many counters there are."""
    return int(store.read_sync(lambda tx: tx.query(COUNT))[0]["n"])


def refuse(tx: Tx) -> None:
    """An action that writes and then fails."""
    next_number(tx, "doomed")
    tx.publish("doomed", 1, None)
    tx.if_refused(lambda later: next_number(later, "regretted"))
    raise GatewayError(FORBIDDEN, "no")


def test_a_failing_action_takes_nobody_along(store: Store) -> None:
    heard: list[Notice] = []
    store.on_commit = heard.extend
    go = threading.Event()
    futures: list[Future[object]] = [store._runner.write(lambda tx: go.wait(5))]
    for n in range(20):
        futures.append(store._runner.write(refuse if n % 3 == 0 else lambda tx, n=n: next_number(tx, f"c{n}")))
    go.set()
    for n, future in enumerate(futures[1:]):
        if n % 3 == 0:
            with pytest.raises(GatewayError, match="no"):
                future.result(10)
        else:
            assert future.result(10) == 2
    names = {row["name"] for row in store.read_sync(lambda tx: tx.query(text("SELECT name FROM counters")))}
    assert names == {f"c{n}" for n in range(20) if n % 3} | {"regretted"}
    assert "doomed" not in {notice.topic for notice in heard}


def test_the_answer_comes_after_the_commit_and_so_does_the_notice(store: Store) -> None:
    seen: list[int] = []

    def listen(notices: Sequence[Notice]) -> None:
        if notices[0].topic == "t":
            seen.append(count(store))

    store.on_commit = listen

    def write(tx: Tx) -> None:
        next_number(tx, "n")
        tx.publish("t", 1, {"status": "x"})

    store.write_sync(write)
    assert seen == [1]
    assert count(store) == 1


def test_a_write_alone_waits_for_those_under_way_and_holds_up_nobody_for_good(store: Store) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        begun.set()
        go.wait(20)
        next_number(tx, "early")

    store._runner.write(slow)
    assert begun.wait(20)
    alone = store._runner.write_alone(lambda tx: tx.query(COUNT)[0]["n"])
    late = [store._runner.write(lambda tx: next_number(tx, "late")) for _ in range(20)]
    with pytest.raises(TimeoutError):
        alone.result(0.2)
    go.set()
    assert alone.result(20) >= 1
    assert sorted(future.result(20) for future in late) == [2 * n for n in range(1, 21)]


def test_a_failed_commit_fails_every_action_in_it(tmp_path: Path) -> None:
    store = open_file(tmp_path / "axme.db")
    try:
        go, begun = threading.Event(), threading.Event()
        first = store._runner.write(lambda tx: (begun.set(), go.wait(5)))
        assert begun.wait(5)
        # A deferred foreign key is checked by the commit itself.
        broken = store._runner.write(
            lambda tx: (
                tx.query(text("PRAGMA defer_foreign_keys = ON")),
                tx.query(text("INSERT INTO agent_deliveries VALUES ('m', 1, 'no such intent', 1, 1)")),
            )
        )
        innocent = store._runner.write(lambda tx: next_number(tx, "c"))
        go.set()
        assert first.result(5)
        for future in (broken, innocent):
            with pytest.raises(Exception, match="FOREIGN KEY"):
                future.result(5)
        assert count(store) == 0
        assert store.write_sync(lambda tx: next_number(tx, "c")) == 2
    finally:
        store.close()


def test_async_writes_share_commits(tmp_path: Path) -> None:
    store = open_file(tmp_path / "axme.db")

    async def many() -> list[int]:
        return await asyncio.gather(*[store.write(lambda tx: next_number(tx, "c")) for _ in range(200)])

    try:
        assert sorted(asyncio.run(many())) == list(range(2, 402, 2))
    finally:
        store.close()


def test_acknowledged_writes_outlive_the_store(database_url: str) -> None:
    for expected in (2, 4):
        store = Store.open(database_url, MovableClock())
        assert store.write_sync(lambda tx: next_number(tx, "c")) == expected
        store.close()
        store.close()
        with pytest.raises(StoreClosedError):
            store.write_sync(lambda tx: None)


def test_sqlite_is_opened_safely_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "axme.db"
    store = open_file(path)
    try:
        for ask in (store.write_sync, store.read_sync):
            settings = ask(
                lambda tx: [
                    next(iter(tx.query(text(f"PRAGMA {name}"))[0].values()))
                    for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
                ]
            )
            assert settings == ["wal", 2, 1, 30_000]
        store.write_sync(lambda tx: next_number(tx, "c"))
        for name in ("axme.db", "axme.db-wal", "axme.db-shm", "axme.db.lock"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name
        with pytest.raises(StoreError, match="another gateway is using"):
            open_file(path)
    finally:
        store.close()
    open_file(path).close()


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "what", "sqlite:////no/such/dir/a.db"]
)
def test_a_database_that_cannot_be_used_is_refused_with_advice(url: str) -> None:
    with pytest.raises(StoreError, match=r"sqlite:////|create it"):
        Store.open(url, MovableClock())


def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match="cannot be used") as caught:
        Store.open("postgresql://me:s3cret@127.0.0.1:1/db", MovableClock())
    assert "s3cret" not in str(caught.value)


def test_migrations_make_exactly_the_tables_of_the_metadata(database_url: str) -> None:
    Store.open(database_url, MovableClock()).close()
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
