"""Who calls Restate: threads on requests, as the SDK does, or one event loop on aiohttp, the fastest there is."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import corpus
import requests
from requests.adapters import HTTPAdapter
from worker import each_timed, serve

POOL = 64
ANSWER = {"order_id": corpus.PAYLOAD["order_id"]}
session = requests.Session()
session.trust_env = False
session.mount("http://", HTTPAdapter(pool_connections=POOL, pool_maxsize=POOL))


def submit(url: str, count: int, threads: int, how: str) -> dict[str, Any]:
    if how == "aiohttp":
        return asyncio.run(_submit(url, count, threads))

    def once() -> None:
        if session.post(url, json=corpus.PAYLOAD).json() != ANSWER:
            raise RuntimeError("an order was not fulfilled")

    return each_timed(once, count, threads)


async def _submit(url: str, count: int, at_once: int) -> dict[str, Any]:
    latencies: list[float] = []
    left = iter(range(count))
    async with aiohttp.ClientSession() as client:

        async def run() -> None:
            for _ in left:
                started = time.perf_counter()
                async with client.post(url, json=corpus.PAYLOAD) as response:
                    if await response.json() != ANSWER:
                        raise RuntimeError("an order was not fulfilled")
                latencies.append((time.perf_counter() - started) * 1000)

        began = time.perf_counter()
        await asyncio.gather(*[run() for _ in range(at_once)])
        return {"latencies_ms": latencies, "per_second": count / (time.perf_counter() - began)}


serve({"submit": submit})
