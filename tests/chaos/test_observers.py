"""C46: two thousand observers of one process: each event reaches all of them soon, and health is answered."""

from __future__ import annotations

import selectors
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.harness import places
from tests.chaos.harness.sizes import add, size
from tests.chaos.harness.streams import many_files, observe

OBSERVERS = 2000
INTENTS = 20
EVENTS = 50
#: Promises for two cores that have nothing else to do; a busy machine gets three times as much.
SLOWEST_SECONDS = 2.0 * 3
HEALTH_SECONDS = 0.25 * 3
MOST_MEGABYTES = 600

pytestmark = pytest.mark.timeout(600)


def test_two_thousand_observers(tmp_path: Path) -> None:
    count = size(OBSERVERS)
    with many_files(count + 500), places.sqlite(tmp_path / "gateway") as place, ExitStack() as opened:
        client = opened.enter_context(place.client())
        sent = {"intent_type": "chaos.v1", "to_agent": "worker", "payload": {}}
        intents = [client.send_intent(sent) for _ in range(INTENTS)]
        threads = {row["intent_id"]: row["thread_id"] for row in client.list_inbox(owner_agent="worker")["threads"]}
        looking = opened.enter_context(selectors.DefaultSelector())
        seen: dict[socket.socket, bytes] = {}
        for number in range(count):
            one = opened.enter_context(observe(place, intents[number % INTENTS]))
            looking.register(one, selectors.EVENT_READ)
            seen[one] = b""
        _read(looking, seen, lambda: all(b"intent.delivered" in data for data in seen.values()), 120.0)
        slowest, health = 0.0, 0.0
        for number in range(EVENTS):
            intent_id = intents[number % INTENTS]
            mine = [one for place_, one in enumerate(seen) if place_ % INTENTS == number % INTENTS]
            before = {one: seen[one].count(b"\nevent: ") for one in mine}
            began = time.monotonic()
            client.delegate_inbox_thread(threads[intent_id], {"delegate_to": "worker"}, owner_agent="worker")
            _read(looking, seen, lambda: all(seen[one].count(b"\nevent: ") > before[one] for one in mine), 60.0)  # noqa: B023
            slowest = max(slowest, time.monotonic() - began)
            began = time.monotonic()
            client.health()
            health = max(health, time.monotonic() - began)
        assert len({_numbers(data) for data in seen.values()}) <= 2, "all saw the same, and nothing was skipped"
        used = _megabytes(place.nodes[0].pid)
        print(f"{count} observers: slowest event {slowest:.2f} s, slowest health {health:.3f} s, {used} MiB")
        assert slowest < SLOWEST_SECONDS
        assert health < HEALTH_SECONDS
        assert used < MOST_MEGABYTES
    add(observers=count)


def _read(looking: selectors.BaseSelector, seen: dict[socket.socket, bytes], over: object, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not over():  # type: ignore[operator]
        assert time.monotonic() < deadline, "an event did not reach everybody"
        for key, _ in looking.select(0.5):
            one = key.fileobj
            assert isinstance(one, socket.socket)
            data = one.recv(65536)
            assert data, "a stream was cut"
            seen[one] += data


def _numbers(data: bytes) -> tuple[int, ...]:
    found = tuple(int(line[4:]) for line in data.replace(b"\r\n", b"\n").split(b"\n") if line.startswith(b"id: "))
    assert found == tuple(range(1, len(found) + 1))
    return found


def _megabytes(pid: int | None) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) // 1024
