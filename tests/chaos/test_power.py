"""C3: the power is cut under load, and what was not synced is gone. A kill alone proves no durability."""

from __future__ import annotations

import random
import time

import pytest

from tests.chaos.checker.reading import read_sqlite
from tests.chaos.harness import places
from tests.chaos.harness.load import Load
from tests.chaos.harness.places import START_SECONDS
from tests.chaos.harness.sizes import add, size
from tests.chaos.power import PowerLine

CUTS = 40
WRITES = 100

pytestmark = pytest.mark.timeout(900)


def test_power_cuts_under_load(line: PowerLine, seed: int) -> None:
    with places.sqlite(line.data) as place:
        chance, load = random.Random(seed), Load(place, seed, writers=4, observers=2)
        for _ in range(size(CUTS)):
            load.more(1)
            time.sleep(chance.uniform(0.05, 0.5))
            line.cut(place.nodes[0])
            assert read_sqlite(line.data).faults == []
            place.nodes[0].restart(timeout=START_SECONDS)
        add(power_cuts=size(CUTS), **load.judge())


def test_nothing_is_answered_before_it_is_synced(line: PowerLine) -> None:
    """One write after the other: between each request and its answer something was synced."""
    with places.sqlite(line.data) as place, place.client() as client:
        for number in range(size(WRITES)):
            before = line.syncs()
            client.send_intent({"intent_type": "chaos.v1", "to_agent": "worker", "payload": {"n": number}})
            assert line.syncs() > before
