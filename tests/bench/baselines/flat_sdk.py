"""The flat SDK, as its users run it. Runs in an environment of its own."""

from __future__ import annotations

from typing import Any

import corpus
from worker import calls_per_second, delays_ms, events_per_second, serve

from axme import AxmeClient, AxmeClientConfig

clients: dict[str, AxmeClient] = {}


def client(url: str) -> AxmeClient:
    if url not in clients:
        clients[url] = AxmeClient(AxmeClientConfig(base_url=url, api_key="axme_sa_bench_secret"))
    return clients[url]


def calls(url: str, what: str, threads: int, seconds: float) -> float:
    c = client(url)
    actions = {
        "create": lambda: c.create_intent(corpus.BODY, correlation_id=corpus.INTENT["correlation_id"])["status"],
        "get": lambda: c.get_intent(corpus.INTENT_ID)["intent"]["status"],
        "inbox": lambda: [(t["thread_id"], t["status"]) for t in c.list_inbox()["threads"]],
    }
    return calls_per_second(actions[what], threads, seconds)


def observe(url: str, expected: int) -> float:
    return events_per_second((event["status"] for event in client(url).observe(corpus.INTENT_ID)), expected)


def delay(url: str) -> list[float]:
    def sent_at(event: dict[str, Any]) -> int:
        return event["details"]["sent_ns"]

    return delays_ms(client(url).observe(corpus.INTENT_ID), sent_at)


serve({"calls": calls, "observe": observe, "delay": delay})
