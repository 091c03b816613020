"""The SDK of this tree as a measured client, in a process of its own: ``python -m tests.bench.sdk``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from axme import AxmeClient, AxmeClientConfig, Intent
from tests.bench.baselines import corpus
from tests.bench.baselines.worker import calls_per_second, delays_ms, events_per_second, serve

clients: dict[str, AxmeClient] = {}


def client(url: str, api_key: str = "axme_sa_bench_secret") -> AxmeClient:
    if url not in clients:
        clients[url] = AxmeClient(AxmeClientConfig(base_url=url, api_key=api_key))
    return clients[url]


def calls(url: str, what: str, threads: int, seconds: float) -> float:
    c, kind, payload = client(url), corpus.INTENT_TYPE, corpus.PAYLOAD
    actions: dict[str, Callable[[], object]] = {
        "create": lambda: c.intents.create(kind, to=corpus.SHIP, payload=payload).status,
        "get": lambda: c.intents.get(corpus.INTENT_ID).status,
        "inbox": lambda: [(thread.id, thread.status) for thread in c.inbox.list()],
        "flat create": lambda: c.create_intent(corpus.BODY)["status"],
        "flat get": lambda: c.get_intent(corpus.INTENT_ID)["intent"]["status"],
        "flat inbox": lambda: [(t["thread_id"], t["status"]) for t in c.list_inbox()["threads"]],
    }
    return calls_per_second(actions[what], threads, seconds)


def observe(url: str, expected: int, typed: bool) -> float:
    c = client(url)
    if typed:
        return events_per_second((event.status for event in c.intents.handle(corpus.INTENT_ID).observe()), expected)
    return events_per_second((event["status"] for event in c.observe(corpus.INTENT_ID)), expected)


def delay(url: str) -> list[float]:
    def sent_at(event: dict[str, Any]) -> int:
        sent: int = event["details"]["sent_ns"]
        return sent

    return delays_ms(client(url).observe(corpus.INTENT_ID), sent_at)


def load(count: int) -> dict[str, float]:
    """Microseconds of json.loads alone and of an intent made of it, turn by turn."""
    text = corpus.text(corpus.INTENT).decode()
    c = client("http://127.0.0.1:9")
    plain, made, read = [], [], []
    for _ in range(count):
        t0 = time.perf_counter()
        json.loads(text)
        t1 = time.perf_counter()
        raw = json.loads(text)
        intent = Intent(c, raw["intent_id"], raw, complete=True)
        t2 = time.perf_counter()
        _ = (intent.status, intent.created_at, intent.payload, intent.pending_with, intent.deadline_at)
        t3 = time.perf_counter()
        plain.append(t1 - t0)
        made.append(t2 - t1)
        read.append(t3 - t1)
    return {name: median(found) * 1e6 for name, found in (("plain", plain), ("made", made), ("read", read))}


serve({"calls": calls, "observe": observe, "delay": delay, "load": load})
