"""Gateways are killed at random moments around the due times: each timer fires once, never early, and soon."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axme.client import AxmeClient
from axme.exceptions import AxmeConnectionError
from axme.gateway import LocalGateway, start
from tests.hard.kit import in_threads, seeded
from tests.hard.timers import BOUND, SECOND, Timers, Uptime, in_background, kill_again_and_again, now

pytestmark = pytest.mark.slow
KILLS = int(os.environ.get("AXME_TEST_KILLS", "40"))
NODE_KILLS = max(8, KILLS // 5)
WRITERS = 4


@pytest.fixture
def seed() -> int:
    """A new one each time; ``AXME_TEST_SEED`` repeats a run."""
    return int(os.environ.get("AXME_TEST_SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture
def pair(tmp_path: Path, postgres_url: str) -> Iterator[tuple[list[LocalGateway], list[AxmeClient]]]:
    """Two nodes on one PostgreSQL, and a client of each."""
    with ExitStack() as opened:
        nodes = [
            opened.enter_context(start(data_dir=tmp_path / name, database=postgres_url, timeout=60))
            for name in ("one", "two")
        ]
        key = nodes[0].api_key
        yield nodes, [opened.enter_context(node.client(api_key=key, timeout=60)) for node in nodes]


def test_kills_of_the_only_gateway(fresh_gateway: LocalGateway, seed: int) -> None:
    with fresh_gateway.client(timeout=60) as client:
        began = now()
        turns, timers = _ordeal([fresh_gateway], [client], KILLS, seed)
        edges = [began, *turns, now()]
        spans = [(edges[n], edges[n + 1]) for n in range(0, len(edges), 2)]
        _judged(timers, client, Uptime(spans))


def test_kills_of_one_of_two_nodes(pair: tuple[list[LocalGateway], list[AxmeClient]], seed: int) -> None:
    """The other one goes on in time: somebody always ran."""
    nodes, clients = pair
    began = now()
    _, timers = _ordeal(nodes, clients, NODE_KILLS, seed)
    _judged(timers, clients[0], Uptime([(began, now())]))


def _ordeal(
    nodes: list[LocalGateway], clients: list[AxmeClient], kills: int, seed: int
) -> tuple[list[datetime], Timers]:
    timers = Timers(clients, seeded(seed))
    killer, outcome = in_background(lambda: kill_again_and_again(nodes, kills, random.Random(seed + 1)))

    def arm() -> None:
        while killer.is_alive():
            with suppress(AxmeConnectionError):  # dead for longer than the client is patient: the next one, then
                timers.arm()
            time.sleep(0.02)

    in_threads([arm] * WRITERS, seconds=600)
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    # The last ones fall due three seconds from now at most, and the chain of reminders is as long.
    time.sleep((3 * SECOND + BOUND).total_seconds() + 1)
    return outcome[0], timers


def _judged(timers: Timers, client: AxmeClient, uptime: Uptime) -> None:
    late = sorted(timers.judge(client, uptime))
    assert late, "no timer fired: the killer was done before one was armed"
    at_99 = late[int(len(late) * 0.99)] / timedelta(milliseconds=1)
    print(f"{len(timers.armed)} intents, {len(late)} timers: late by {late[len(late) // 2] / SECOND * 1000:.0f} ms in")
    print(f"the middle, {at_99:.0f} ms at 99 %, {late[-1] / SECOND * 1000:.0f} ms at most")
