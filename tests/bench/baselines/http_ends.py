"""Who calls a server by plain HTTP: threads on requests, as the SDK does, or one event loop on aiohttp, the fastest."""

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
RESULT = {"order_id": corpus.PAYLOAD["order_id"]}
session = requests.Session()
session.trust_env = False
session.mount("http://", HTTPAdapter(pool_connections=POOL, pool_maxsize=POOL))


def submit(
    url: str, headers: dict[str, str], body: dict[str, Any], within: list[str], count: int, threads: int, how: str
) -> dict[str, Any]:
    """Have ``body`` worked on ``count`` times; the result is in the answer, below the names ``within``."""

    def check(answer: Any) -> None:
        for name in within:
            answer = answer[name]
        if answer != RESULT:
            raise RuntimeError("an order was not fulfilled")

    async def many() -> dict[str, Any]:
        latencies: list[float] = []
        left = iter(range(count))
        async with aiohttp.ClientSession(headers=headers) as client:

            async def run() -> None:
                for _ in left:
                    started = time.perf_counter()
                    async with client.post(url, json=body) as response:
                        check(await response.json())
                    latencies.append((time.perf_counter() - started) * 1000)

            began = time.perf_counter()
            await asyncio.gather(*[run() for _ in range(threads)])
            return {"latencies_ms": latencies, "per_second": count / (time.perf_counter() - began)}

    if how == "aiohttp":
        return asyncio.run(many())
    return each_timed(lambda: check(session.post(url, headers=headers, json=body).json()), count, threads)


serve({"submit": submit})
