"""A gateway of this tree and the floor beside it, each with an agent and a submitter in processes of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from axme import gateway
from tests.bench.baselines import corpus
from tests.bench.children import Child
from tests.bench.lab import Lab

AGENT = "fulfillment"
#: As many handlers as items are under way at most: with fewer, the queue before them is measured.
WORKERS = 32


@dataclass(frozen=True, slots=True)
class Side:
    """One server at work."""

    pid: int
    submitter: Child
    #: What the submitter's question needs beside count and threads.
    asked: dict[str, Any]

    def submit(self, count: int, threads: int, how: str = "observe") -> dict[str, Any]:
        """Latencies in ms from create to the end seen, and how many a second."""
        found: dict[str, Any] = self.submitter.ask("submit", count=count, threads=threads, how=how, **self.asked)
        return found

    def answer(self, count: int, threads: int) -> dict[str, Any]:
        """The same from a person's answer on, for as many intents that wait for one."""
        where = {name: value for name, value in self.asked.items() if name != "address"}
        waiting = self.submitter.ask("ask", count=count, **where)
        found: dict[str, Any] = self.submitter.ask("answer", waiting=waiting, threads=threads, **where)
        return found


def start_gateway(lab: Lab) -> gateway.LocalGateway:
    """A new gateway on SQLite with an agent called ``fulfillment``; it stops with the lab."""
    running = lab.stack.enter_context(gateway.start(data_dir=lab.place()))
    with running.client() as client:
        client.create_service_account({"name": AGENT})
    return running


def ours(lab: Lab, *, agent: str | None = "agent") -> Side:
    """The gateway with the SDK on both ends; the agent listens (``agent``), serves (``worker``), or there is none."""
    running = start_gateway(lab)
    assert running.pid is not None
    with running.client() as client:
        address = client.agents.handle(AGENT).refresh().address
    where = {"url": running.base_url, "api_key": running.api_key, "address": address}
    if agent:
        lab.keep(Child.module("tests.bench.sdk")).ask(agent, workers=WORKERS, **where)
    return Side(running.pid, lab.keep(Child.module("tests.bench.sdk")), where)


def floor(lab: Lab, *, agent: bool = True) -> Side:
    """The floor with requests on both ends."""
    server, port = lab.floor("floor_gateway")
    where = {"url": f"http://127.0.0.1:{port}"}
    if agent:
        lab.keep(Child.script("floor_ends")).ask("agent", workers=WORKERS, **where)
    return Side(server.pid, lab.keep(Child.script("floor_ends")), where)


def body() -> dict[str, Any]:
    """The create both servers are given."""
    return {**corpus.BODY, "to_agent": AGENT}
