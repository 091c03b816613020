"""Both ends of the floor's round trip, on requests: run twice, once as the agent and once as the submitter."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import corpus
import requests
from requests.adapters import HTTPAdapter
from worker import each_timed, serve

POOL = 64
session = requests.Session()
session.trust_env = False
session.mount("http://", HTTPAdapter(pool_connections=POOL, pool_maxsize=POOL))


def events(url: str) -> Iterator[dict[str, Any]]:
    with session.get(url, stream=True) as response:
        buffer = b""
        for chunk in response.iter_content(None):
            *whole, buffer = (buffer + chunk).split(b"\n\n")
            for frame in whole:
                yield json.loads(frame.removeprefix(b"data: "))


def agent(url: str, workers: int) -> str:
    """Resolve whatever comes, from now on."""

    def work(delivery: dict[str, Any]) -> None:
        result = {"status": "COMPLETED", "result": {"order_id": delivery["payload"]["order_id"]}}
        session.post(f"{url}/v1/intents/{delivery['intent_id']}/resolve", json=result).raise_for_status()

    def run() -> None:
        with ThreadPoolExecutor(workers) as pool:
            for delivery in events(f"{url}/v1/agent/stream"):
                pool.submit(work, delivery)

    threading.Thread(target=run, daemon=True).start()
    return "listening"


def submit(url: str, count: int, threads: int, how: str) -> dict[str, Any]:
    def once() -> None:
        intent_id = session.post(f"{url}/v1/intents", json=corpus.BODY).json()["intent_id"]
        if [event["status"] for event in events(f"{url}/v1/intents/{intent_id}/stream")] != ["COMPLETED"]:
            raise RuntimeError(f"{intent_id} did not complete")

    return each_timed(once, count, threads)


def ask(url: str, count: int) -> list[str]:
    """Intents that nobody has resolved."""
    return [session.post(f"{url}/v1/intents", json=corpus.BODY).json()["intent_id"] for _ in range(count)]


def answer(url: str, waiting: list[str], threads: int) -> dict[str, Any]:
    """Each of ``waiting`` resolved, until its submitter sees it."""
    left = iter(waiting)

    def once() -> None:
        intent_id = next(left)
        session.post(f"{url}/v1/intents/{intent_id}/resolve", json={"result": {}}).raise_for_status()
        if [event["status"] for event in events(f"{url}/v1/intents/{intent_id}/stream")] != ["COMPLETED"]:
            raise RuntimeError(f"{intent_id} did not complete")

    return each_timed(once, len(waiting), threads)


serve({"agent": agent, "submit": submit, "ask": ask, "answer": answer})
