"""The SDK of this tree as a measured client, in a process of its own: ``python -m tests.bench.sdk``."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

from axme import AxmeClient, AxmeClientConfig, HumanTask, Intent
from tests.bench.baselines import corpus
from tests.bench.baselines.worker import calls_per_second, delays_ms, each_timed, events_per_second, serve

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


def agent(url: str, api_key: str, address: str, workers: int) -> str:
    """Resolve whatever comes, from now on."""
    c = client(url, api_key)

    def work(delivery: dict[str, Any]) -> None:
        result = {"order_id": delivery["payload"]["order_id"]}
        c.resolve_intent(delivery["intent_id"], {"status": "COMPLETED", "result": result})

    def run() -> None:
        with ThreadPoolExecutor(workers) as pool:
            for delivery in c.listen(address):
                pool.submit(work, delivery)

    threading.Thread(target=run, daemon=True).start()
    return "listening"


def worker(url: str, api_key: str, address: str, workers: int) -> str:
    """The same with ``serve``, under claims."""
    served = client(url, api_key).agents.handle(address)

    def run() -> None:
        with served.worker(lambda order: {"order_id": order.payload["order_id"]}, concurrency=workers):
            threading.Event().wait()

    threading.Thread(target=run, daemon=True).start()
    return "serving"


def submit(url: str, api_key: str, address: str, count: int, threads: int, how: str) -> dict[str, Any]:
    c = client(url, api_key)

    def ended() -> str:
        if how == "run":
            return c.intents.run(corpus.INTENT_TYPE, to=address, payload=corpus.PAYLOAD).status
        intent = c.intents.create(corpus.INTENT_TYPE, to=address, payload=corpus.PAYLOAD)
        return [event.status for event in intent.observe()][-1] if how == "observe" else intent.wait().status

    def once() -> None:
        if (status := ended()) != "COMPLETED":
            raise RuntimeError(f"an intent ended {status}")

    return each_timed(once, count, threads)


def ask(url: str, api_key: str, count: int) -> list[str]:
    """Intents that wait for a person."""
    c, task = client(url, api_key), HumanTask.approval("Ship it?")

    def one(_: int) -> str:
        return c.intents.create(corpus.INTENT_TYPE, to="agent://agent_core", human_task=task).id

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(one, range(count)))


def answer(url: str, api_key: str, waiting: list[str], threads: int) -> dict[str, Any]:
    """A person's answer to each of ``waiting``, until its submitter sees the end."""
    c, left = client(url, api_key), iter(waiting)
    body = {"task_result": {"outcome": "approved"}}

    def once() -> None:
        intent_id = next(left)
        c.resume_intent(intent_id, body)
        if [event["status"] for event in c.observe(intent_id)][-1] != "COMPLETED":
            raise RuntimeError(f"{intent_id} did not complete")

    return each_timed(once, len(waiting), threads)


verbs = (calls, observe, delay, load, agent, worker, submit, ask, answer)
serve({verb.__name__: verb for verb in verbs})
