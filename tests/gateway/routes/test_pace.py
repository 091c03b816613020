"""The count of a minute is written down at the next request, which neither fails nor waits for long because of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from axme.contract.clock import SystemClock
from axme.contract.metering import Dimension
from axme.gateway.actions.bootstrap import first_boot
from axme.gateway.auth.identity import Identity
from axme.gateway.routes import pace
from axme.gateway.routes.pace import Pace
from axme.gateway.store import Store, Tx
from axme.gateway.store.tables import usage_counts, workspaces
from tests import databases


class Minutes(SystemClock):
    """A stopwatch that stands where it is put."""

    passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    def next(self) -> None:
        self.passed += 60.0


@pytest.fixture
def who(store: Store) -> Identity:
    store.write_sync(first_boot)
    [row] = store.read_sync(lambda tx: tx.query(select(workspaces)))
    return Identity(
        key_id="key",
        service_account_id="account",
        address="agent://a/b/c",
        org_id=row["org_id"],
        org_slug="a",
        workspace_id=row["workspace_id"],
        workspace_slug="b",
    )


@pytest.fixture
def clock() -> Minutes:
    return Minutes()


@pytest.fixture
def store(tmp_path: Path, clock: Minutes) -> Iterator[Store]:
    opened = Store.open(databases.url(tmp_path), clock)
    yield opened
    opened.close()


def written(store: Store) -> list[int]:
    """The peaks that are stored."""

    asked = select(usage_counts.c.used).where(usage_counts.c.dimension == Dimension.REQUESTS.value)
    return store.read_sync(lambda tx: [row["used"] for row in tx.query(asked)])


async def ask(watched: Pace, who: Identity, times: int) -> None:
    for _ in range(times):
        await watched.admit(who, None)


def test_what_could_not_be_written_down_is_written_a_minute_later(
    store: Store, who: Identity, clock: Minutes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def told(watched: Pace) -> None:
        await ask(watched, who, 3)
        clock.next()
        with monkeypatch.context() as broken:
            broken.setattr(pace, "note_requests", _fail)
            await ask(watched, who, 2)
        assert written(store) == []
        clock.next()
        await ask(watched, who, 1)
        assert written(store) == [3]

    asyncio.run(told(Pace(store, clock, None)))


def test_a_file_that_is_locked_holds_up_nobody(
    store: Store, who: Identity, clock: Minutes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "NOTE_SECONDS", 0.05)
    plain, opened = store.write, asyncio.Event()

    async def locked(action: Callable[[Tx], int]) -> int:
        await opened.wait()
        return await plain(action)

    async def told(watched: Pace) -> None:
        await ask(watched, who, 3)
        clock.next()
        monkeypatch.setattr(store, "write", locked)
        async with asyncio.timeout(20):
            await ask(watched, who, 1)
        assert written(store) == []
        opened.set()
        async with asyncio.timeout(20):
            while not written(store):
                await asyncio.sleep(0.01)
        assert written(store) == [3]

    asyncio.run(told(Pace(store, clock, None)))


def _fail(tx: Tx, workspace_id: str, count: int) -> int:
    raise databases.trouble("disk I/O error")
