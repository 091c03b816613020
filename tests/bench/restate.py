"""``run()`` beside Restate itself, without a step: the same trivial handler in a worker, every result on disk."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from tests.bench import ends, peers
from tests.bench.baselines import corpus
from tests.bench.children import BASELINES, Child, trimmed
from tests.bench.lab import Lab
from tests.bench.rounds import Goal, Row, latencies, rates
from tests.plain import free_port

TITLE = "Round trip through run(), beside Restate without a step (goals 6, 7)"
START_SECONDS = 60
Submit = Callable[[int, int], dict[str, Any]]


def run(lab: Lab) -> list[Row]:
    """One at a time, then 32 at once; each server is called by threads on requests, and by one loop on aiohttp."""
    ours = ends.ours(lab, agent="worker")
    restate = {"url": _restate(lab), "headers": {}, "body": corpus.PAYLOAD, "within": []}
    gateway = {
        "url": f"{ours.asked['url']}/v1/intents?wait_seconds=30",
        "headers": {"x-api-key": ours.asked["api_key"]},
        "body": {**corpus.BODY, "to_agent": ours.asked["address"]},
        "within": ["intent", "result"],
    }
    submitter = lab.keep(Child.script("http_ends", python=peers.python(peers.RESTATE_SDK, lab.say)))

    def by(how: str, where: dict[str, Any]) -> Submit:
        return lambda count, threads: submitter.ask("submit", how=how, count=count, threads=threads, **where)

    sides: dict[str, Submit] = {
        "run": lambda count, threads: ours.submit(count, threads, "run"),
        "held": by("aiohttp", gateway),
        "requests": by("requests", restate),
        "aiohttp": by("aiohttp", restate),
    }
    found = {}
    for threads, count in ((1, lab.size(300)), (32, lab.size(2000))):
        for side in sides.values():
            side(100, threads)
        turns = {
            name: lambda side=side, count=count, threads=threads: side(count, threads) for name, side in sides.items()
        }
        found[threads] = lab.compare(f"round trip beside Restate, {threads} at once", turns, 7)
    one, many = found[1], found[32]
    fast, alike = "Restate, aiohttp", "Restate, requests"
    same = "Restate, aiohttp on both"
    slower, faster = Goal("at most", 1.0), Goal("at least", 1.0)
    return [
        Row("1 at a time: p50", "ms", latencies(one["run"], 0.5), latencies(one["requests"], 0.5), alike, slower),
        Row("1 at a time: p50", "ms", latencies(one["run"], 0.5), latencies(one["aiohttp"], 0.5), fast),
        Row("1 at a time: p50", "ms", latencies(one["held"], 0.5), latencies(one["aiohttp"], 0.5), same, slower),
        Row("32 at once: rate", "items/s", rates(many["run"]), rates(many["requests"]), alike, faster),
        Row("32 at once: rate", "items/s", rates(many["run"]), rates(many["aiohttp"]), fast, faster),
        Row("32 at once: rate", "items/s", rates(many["held"]), rates(many["aiohttp"]), same, faster),
        Row("32 at once: p50", "ms", latencies(many["run"], 0.5), latencies(many["requests"], 0.5), alike),
        Row("32 at once: p99", "ms", latencies(many["run"], 0.99), latencies(many["requests"], 0.99), alike),
    ]


def _restate(lab: Lab) -> str:
    """Where its server, on a new directory, has the handler called, which is in a worker of its own."""
    program = peers.npm_program(peers.RESTATE_SERVER, "restate-server", lab.say)
    python = peers.python(peers.RESTATE_SDK, lab.say)
    place = Path(lab.place())
    ingress, admin, node, service = (f"127.0.0.1:{free_port()}" for _ in range(4))
    addresses = {"INGRESS__BIND_ADDRESS": ingress, "ADMIN__BIND_ADDRESS": admin, "BIND_ADDRESS": node}
    settings = {f"RESTATE_{name}": value for name, value in addresses.items()} | {"RESTATE_BASE_DIR": str(place)}
    hypercorn = str(Path(python).with_name("hypercorn"))
    with (place / "log").open("wb") as log:
        _start(lab, [program], log, settings)
        _start(lab, [hypercorn, "--bind", service, "restate_service:app"], log, {"PYTHONPATH": str(BASELINES)})
    deadline = time.monotonic() + START_SECONDS
    while not _register(admin, service):
        if time.monotonic() > deadline:
            raise RuntimeError(f"Restate did not start: {(place / 'log').read_text()[-400:]}")
        time.sleep(0.2)
    return f"http://{ingress}/Orders/fulfil"


def _start(lab: Lab, command: list[str], log: Any, settings: dict[str, str]) -> None:
    process = subprocess.Popen(command, stdout=log, stderr=log, env=trimmed(**settings), start_new_session=True)

    def end() -> None:
        # Both are started by something that starts the program itself.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    lab.stack.callback(end)


def _register(admin: str, service: str) -> bool:
    try:
        answer = requests.post(f"http://{admin}/deployments", json={"uri": f"http://{service}"}, timeout=10)
    except requests.ConnectionError:
        return False
    return answer.ok
