"""C46: two thousand observers of one process: each event reaches all of them soon, and health is answered."""

from __future__ import annotations

import selectors
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.harness import places
from tests.chaos.harness.sizes import add, size
from tests.chaos.harness.streams import Observer, many_files

OBSERVERS = 2000
INTENTS = 20
SECONDS = 24
EVENTS_A_SECOND = 10
#: Promises for two cores that have nothing else to do; a busy machine gets three times as much.
SLOWEST_SECONDS = 2.0 * 3
HEALTH_SECONDS = 0.25 * 3
MOST_MEGABYTES = 600
PATIENCE_SECONDS = 120.0

pytestmark = pytest.mark.timeout(600)


def test_two_thousand_observers(tmp_path: Path) -> None:
    """Five times the size, ``AXME_CHAOS_SCALE=5``, are ten thousand for two minutes."""
    count, number_of_intents, seconds = size(OBSERVERS), size(INTENTS), size(SECONDS)
    with many_files(count + 500), places.sqlite(tmp_path / "gateway") as place, ExitStack() as opened:
        client = opened.enter_context(place.client())
        sent = {"intent_type": "chaos.v1", "to_agent": "worker", "payload": {}}
        intents = [client.send_intent(sent) for _ in range(number_of_intents)]
        threads = {row["intent_id"]: row["thread_id"] for row in client.list_inbox(owner_agent="worker")["threads"]}
        looking = opened.enter_context(selectors.DefaultSelector())
        observers = [Observer(place, intents[number % number_of_intents]) for number in range(count)]
        for one in observers:
            opened.enter_context(one.connection)
            looking.register(one.connection, selectors.EVENT_READ, one)
        newest = dict.fromkeys(intents, 0)
        for number, intent_id in enumerate(intents):
            newest[intent_id] = client.list_intent_events(intent_id)["events"][-1]["seq"]
            _read(looking, observers[number::number_of_intents], newest[intent_id])
        slowest, health = 0.0, 0.0
        due = time.monotonic()
        for number in range(seconds * EVENTS_A_SECOND):
            due += 1 / EVENTS_A_SECOND
            _read(looking, [], 0, until=due)
            place_of = number % number_of_intents
            intent_id = intents[place_of]
            newest[intent_id] += 1
            began = time.monotonic()
            client.delegate_inbox_thread(threads[intent_id], {"delegate_to": "worker"}, owner_agent="worker")
            _read(looking, observers[place_of::number_of_intents], newest[intent_id])
            slowest = max(slowest, time.monotonic() - began)
            began = time.monotonic()
            client.health()
            health = max(health, time.monotonic() - began)
        used = _megabytes(place.nodes[0].pid)
        print(f"{count} for {seconds} s: slowest event {slowest:.2f} s, slowest health {health:.3f} s, {used} MiB")
        assert slowest < SLOWEST_SECONDS
        assert health < HEALTH_SECONDS
        assert used < MOST_MEGABYTES
    add(observers=count)


def _read(looking: selectors.BaseSelector, wanted: list[Observer], newest: int, until: float = 0.0) -> None:
    """Take what comes, until ``wanted`` have seen ``newest`` and it is ``until``."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (now := time.monotonic()) < until or any(one.last < newest for one in wanted):
        assert now < deadline, "an event did not reach everybody"
        for key, _ in looking.select(min(0.5, max(until - now, 0.0)) if until else 0.5):
            key.data.read()


def _megabytes(pid: int | None) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) // 1024
