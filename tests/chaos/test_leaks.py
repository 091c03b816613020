"""Calls and streams over a network that cuts every fifth connection leave no socket, no thread and no memory behind."""

from __future__ import annotations

import gc
import os
import random
import threading
from pathlib import Path

from axme.client import AxmeClient
from axme.config import AxmeClientConfig
from axme.exceptions import AxmeTransportError
from axme.gateway import LocalGateway
from tests.chaos.harness.sizes import add, size
from tests.chaos.probes import body
from tests.hard.proxy import CLEAN, Fault, FaultProxy
from tests.plain import until

CALLS, STREAMS = 2000, 200
#: Ten thousand calls may cost one; what two thousand show is mostly the allocator's. A leak of 4 KiB a call is seen.
MOST_MEGABYTES = 8


def test_nothing_is_left_behind(fresh_gateway: LocalGateway, seed: int) -> None:
    chance = random.Random(seed)

    def choose(_: int) -> Fault:
        return Fault(cut_after=chance.randrange(1, 3000)) if chance.random() < 0.2 else CLEAN

    with fresh_gateway.client() as near:
        ended = near.send_intent(body("ended"))
        near.resolve_intent(ended, {"status": "CANCELED"})
        _use(fresh_gateway, choose, ended, calls=size(CALLS) // 5, streams=20)
        near.health()
        gc.collect()
        files, threads, memory = _files(), threading.active_count(), _megabytes()
        _use(fresh_gateway, choose, ended, calls=size(CALLS), streams=size(STREAMS))
        near.health()
        gc.collect()
        until(lambda: (_files(), threading.active_count()) == (files, threads))
    assert _megabytes() - memory <= MOST_MEGABYTES
    add(calls_without_a_leak=size(CALLS), streams_without_a_leak=size(STREAMS))


def _use(gateway: LocalGateway, choose: object, ended: str, *, calls: int, streams: int) -> None:
    with (
        FaultProxy(gateway.port, choose) as proxy,  # type: ignore[arg-type]
        AxmeClient(
            AxmeClientConfig(base_url=proxy.base_url, api_key=gateway.api_key, retry_backoff_seconds=0.01)
        ) as client,
    ):
        for number in range(calls):
            try:
                client.get_intent(ended) if number % 4 else client.send_intent(body(f"n-{number}"))
            except AxmeTransportError:
                continue
        for _ in range(streams):
            assert len(list(client.observe(ended, timeout_seconds=60))) == 4


def _files() -> int:
    return len(os.listdir("/proc/self/fd"))


def _megabytes() -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) // 1024
