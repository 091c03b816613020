"""C6, C7: the disk is full, broken or read-only for a while, and another program has the file."""

from __future__ import annotations

import errno
import random
import sqlite3
import time
from itertools import count

import pytest
import requests

from axme.exceptions import AxmeTimeoutError
from tests.chaos.checker import Op
from tests.chaos.checker.reading import read_sqlite
from tests.chaos.harness import places
from tests.chaos.harness.load import Load
from tests.chaos.harness.places import Place
from tests.chaos.harness.sizes import add, size
from tests.chaos.power import PowerLine
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
        marks = count()

        def probe() -> Op:
            load.history.ops.append(op := create(client, f"probe-{next(marks)}"))
            return op

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
