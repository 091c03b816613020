"""C6, C7: the disk is full, broken or read-only for a while, and another program has the file."""

from __future__ import annotations

import errno
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
import requests

from axme.client import AxmeClient
from axme.exceptions import AxmeTimeoutError
from tests import postgres
from tests.chaos.checker import Op
from tests.chaos.checker.reading import read_sqlite
from tests.chaos.harness import places
from tests.chaos.harness.load import Load
from tests.chaos.harness.places import Place
from tests.chaos.harness.sizes import add, size
from tests.chaos.power import Disk, PowerLine, why_absent
from tests.chaos.probes import body, create
from tests.plain import until

FAULTS = {"full": errno.ENOSPC, "broken": errno.EIO, "read-only": errno.EROFS}
TIMES = 3
_PROBE_SECONDS = 30.0

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_disk_that_does_not_take_writes_for_a_while(line: PowerLine, seed: int, fault: str) -> None:
    """Under load: writes are refused or of unknown outcome, reads go on, and nobody has to restart anything."""
    chance = random.Random(seed)
    with places.sqlite(line.data) as place, place.client(max_retries=0, timeout=_PROBE_SECONDS) as client:
        load = Load(place, seed, writers=4, observers=2)
        probe = _prober(load, client)
        known = probe().answer["intent_id"]
        for _ in range(size(TIMES)):
            load.more(5)
            with line.broken(FAULTS[fault]):
                until(lambda: probe().outcome != "ok", seconds=_PROBE_SECONDS)
                assert client.get_intent(known)["intent"]["intent_id"] == known
                # A transaction that wrote nothing may have succeeded since.
                until(lambda: _told(place) == (200, "degraded", 503), seconds=_PROBE_SECONDS)
                time.sleep(chance.uniform(0.0, 0.5))
            until(lambda: probe().outcome == "ok", seconds=_PROBE_SECONDS)
            until(lambda: _told(place) == (200, "ok", 200), seconds=_PROBE_SECONDS)
            load.more(5)
        counts = load.judge()
        assert read_sqlite(line.data).faults == []
    add(**{f"disks_{fault.replace('-', '_')}": size(TIMES)}, **counts)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Disk]]:
    """A server of its own on a disk that can be full, and that disk."""
    if why := why_absent() or postgres.why_no_private():
        pytest.skip(why)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        os.chmod(folder, 0o755)  # the server has a user of its own
        with monkeypatch.context() as patch:
            disk = Disk(Path(folder), patch, Path(tempfile.gettempdir()).resolve(), files="/data/base/")
            server = opened.enter_context(postgres.private())
        yield server.url, disk


def test_a_full_disk_of_postgresql(small: tuple[str, Disk], tmp_path: Path, seed: int) -> None:
    """The server lets no table grow: what needs that is refused and has not been done, the rest goes on."""
    url, disk = small
    chance = random.Random(seed)
    with (
        places.postgresql(tmp_path, url, 2) as place,
        place.client(max_retries=0, timeout=_PROBE_SECONDS) as client,
    ):
        load = Load(place, seed, writers=4, observers=2)
        probe = _prober(load, client)
        known = probe().answer["intent_id"]
        for _ in range(size(TIMES)):
            load.more(5)
            with disk.broken(errno.ENOSPC):
                until(lambda: probe().outcome != "ok", seconds=_PROBE_SECONDS)
                assert client.get_intent(known)["intent"]["intent_id"] == known
                time.sleep(chance.uniform(0.0, 0.5))
            until(lambda: probe().outcome == "ok", seconds=_PROBE_SECONDS)
            load.more(5)
        counts = load.judge()
    add(disks_full=size(TIMES), **counts)


def _prober(load: Load, client: AxmeClient) -> Callable[[], Op]:
    """Creates one more intent each time, on record."""
    marks = count()

    def probe() -> Op:
        load.history.ops.append(op := create(client, f"probe-{next(marks)}"))
        return op

    return probe


def _told(place: Place) -> tuple[int, str, int]:
    """What /health and /ready say."""
    base = place.nodes[0].base_url
    health = requests.get(f"{base}/health", timeout=20)
    return health.status_code, health.json()["status"], requests.get(f"{base}/ready", timeout=20).status_code


def test_a_file_that_another_program_has_locked_is_waited_for(line: PowerLine) -> None:
    """Somebody works on the file with SQLite's own tools: writes wait, reads do not."""
    with places.sqlite(line.data) as place, place.client() as client:
        known = client.send_intent(body("known"))
        other = sqlite3.connect(line.data / "axme.db", isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            with (
                place.client(max_retries=0, timeout=1.0) as hasty,
                pytest.raises(AxmeTimeoutError),
            ):
                hasty.send_intent(body("late"), idempotency_key="late")
            assert client.get_intent(known)["intent"]["intent_id"] == known
            other.execute("ROLLBACK")
        finally:
            other.close()
        made = client.send_intent(body("late"), idempotency_key="late")
        assert client.send_intent(body("late"), idempotency_key="late") == made
