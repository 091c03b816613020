"""A shelf of work in memory: what a worker's core is tested with, without a gateway."""

from __future__ import annotations

import threading
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from axme import AxmeClient, AxmeClientConfig
from axme.exceptions import AxmeClosedError
from axme.worker import Claim, Handlers, Options, Run, Summary, Worker
from axme.worker.handlers import only
from axme.worker.outcomes import Outcome


class Shelf:
    """A :class:`~axme.worker.Source` that hands out what was put on it and writes down what it is told."""

    lease: float | None = 0.3

    def __init__(self) -> None:
        self._claims: deque[Claim] = deque()
        self._changed = threading.Condition()
        self._stopped = False
        self.settled: dict[str, Outcome] = {}
        self.limits: list[int] = []
        self.renewed: Counter[str] = Counter()
        self.gone: dict[str, str] = {}
        self.released: list[str] = []
        self.said: list[tuple[str, dict[str, Any]]] = []
        #: Raised by the next calls of a verb, in order.
        self.trouble: dict[str, deque[Exception]] = {"take": deque(), "settle": deque(), "renew": deque()}

    def put(self, *names: str, **fields: Any) -> None:
        """Claims with these ids."""
        with self._changed:
            for name in names:
                intent = {
                    "intent_id": name,
                    "intent_type": "job.v1",
                    "status": "IN_PROGRESS",
                    "payload": {"name": name},
                }
                self._claims.append(Claim(id=name, intent=intent, **fields))
            self._changed.notify_all()

    def take(self, limit: int) -> list[Claim]:
        self._maybe("take")
        with self._changed:
            self._changed.wait_for(lambda: self._claims or self._stopped, 0.2)
            if self._stopped:
                raise AxmeClosedError("stopped")
            self.limits.append(limit)
            return [self._claims.popleft() for _ in range(min(limit, len(self._claims)))]

    def renew(self, ids: list[str]) -> dict[str, str]:
        self._maybe("renew")
        self.renewed.update(ids)
        return {claim_id: why for claim_id, why in self.gone.items() if claim_id in ids}

    def settle(self, claim: Claim, outcome: Outcome, key: str, trace_id: str | None, room: int = 0) -> None:
        self._maybe("settle")
        assert claim.id not in self.settled, "settled twice"
        with self._changed:
            self.settled[claim.id] = outcome
            self._changed.notify_all()

    def release(self, claim: Claim) -> None:
        self.released.append(claim.id)

    def progress(self, claim: Claim, said: dict[str, Any]) -> None:
        self.said.append((claim.id, said))

    def checkpoint(self, claim: Claim, data: dict[str, Any]) -> None:
        self.said.append((claim.id, data))

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def wait(self, *names: str, seconds: float = 10.0) -> list[Outcome]:
        """What became of these, once all are settled."""
        with self._changed:
            assert self._changed.wait_for(lambda: set(names) <= set(self.settled), seconds), self.settled
            return [self.settled[name] for name in names]

    def _maybe(self, verb: str) -> None:
        if self.trouble[verb]:
            raise self.trouble[verb].popleft()


class OwnAgent(AxmeClient):
    """A client whose key is not the agent's: no heartbeat, and nothing else is asked either."""

    def get_me(self, *, trace_id: str | None = None) -> dict[str, Any]:
        return {"me": {"address": "agent://a/b/admin"}}

    def get_agent(self, address: str, *, trace_id: str | None = None) -> dict[str, Any]:
        return {"agent": {"address": "agent://a/b/worker"}}


def worker(shelf: Shelf, handler: Callable[[Run], Any], *, timeout: timedelta | None = None, **options: Any) -> Worker:
    """A worker on a shelf; its handler is given the bare run."""
    handlers: Handlers = only(handler, timeout)
    client = OwnAgent(AxmeClientConfig(api_key="k", base_url="http://127.0.0.1:9"))
    return Worker(
        client,
        "worker",
        handlers,
        Options(**options),
        make=lambda run: run,
        ended=lambda run: False,
        find=lambda: shelf,
    )


@contextmanager
def at_work(shelf: Shelf, handler: Callable[[Run], Any], **options: Any) -> Iterator[Worker]:
    """A worker in the background."""
    with worker(shelf, handler, **options) as made:
        yield made


def fresh() -> str:
    """An id."""
    return uuid.uuid4().hex


__all__ = ["Shelf", "Summary", "at_work", "fresh", "worker"]
