"""Writers and observers that never stop, and the record of what they were told."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path
from typing import Any

from axme.exceptions import AxmeHttpError, AxmeTransportError
from axme.gateway import LocalGateway
from tests.databases import rows
from tests.hard.conftest import INTENT
from tests.plain import started

OWNER = "worker"


class Load:
    """So many writers, and so many intents with two observers each and something always happening to them."""

    def __init__(self, gateway: LocalGateway, *, writers: int, observed: int) -> None:
        self._gateway = gateway
        self._client = gateway.client(timeout=60)
        self._over = threading.Event()
        self.acknowledged: dict[str, str] = {}
        self.unknown: list[str] = []
        self.not_done: list[str] = []
        self.failures: list[BaseException] = []
        self.seen: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self.intents = [self._client.send_intent(INTENT) for _ in range(observed)]
        inbox = self._client.list_inbox(owner_agent=OWNER)["threads"]
        thread_of = {thread["intent_id"]: thread["thread_id"] for thread in inbox}
        self._writers = [started(self.failures, self._write, number) for number in range(writers)]
        self._movers = [started(self.failures, self._move, thread_of[intent]) for intent in self.intents]
        self._observers = [
            started(self.failures, self._observe, intent, twin) for intent in self.intents for twin in (0, 1)
        ]

    def finish(self) -> None:
        """Stop writing, end the observed intents, and wait until the observers have seen that."""
        self._over.set()
        for thread in [*self._writers, *self._movers]:
            thread.join(90)
        for intent in self.intents:
            self._client.resolve_intent(intent, {"status": "COMPLETED", "result": {}})
        for thread in self._observers:
            thread.join(90)
        if self.failures:
            raise self.failures[0]
        assert not any(thread.is_alive() for thread in [*self._writers, *self._movers, *self._observers])

    def check(self) -> None:
        """Nothing acknowledged is lost, nothing happened twice, and all observers saw what the list has."""
        stored: list[tuple[str, str]] = [
            (intent_id, correlation_id)
            for intent_id, correlation_id in rows(self._data_dir, "SELECT intent_id, correlation_id FROM intents")
            if correlation_id.startswith("write-")
        ]
        assert not {key: n for key, n in Counter(key for _, key in stored).items() if n > 1}
        found = {key: intent_id for intent_id, key in stored}
        assert {key: found.get(key) for key in self.acknowledged} == self.acknowledged
        assert set(found) <= {*self.acknowledged, *self.unknown}
        assert len(self.seen) == 2 * len(self.intents)
        for (intent_id, _), events in self.seen.items():
            assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
            assert events == self._client.list_intent_events(intent_id)["events"]

    def close(self) -> None:
        self._over.set()
        self._client.close()

    def __str__(self) -> str:
        events = sum(map(len, self.seen.values()))
        return (
            f"{len(self.acknowledged)} writes acknowledged, {len(self.unknown)} unknown, "
            f"{len(self.not_done)} not done, {events} events observed"
        )

    @property
    def _data_dir(self) -> Path:
        return self._gateway.data_dir

    def _write(self, number: int) -> None:
        count = 0
        with self._gateway.client(timeout=60) as client:
            while not self._over.is_set():
                key = f"write-{number}-{count}"
                count += 1
                try:
                    self.acknowledged[key] = client.send_intent(INTENT, correlation_id=key, idempotency_key=key)
                except (AxmeTransportError, AxmeHttpError) as error:
                    (self.unknown if error.outcome == "unknown" else self.not_done).append(key)

    def _move(self, thread_id: str) -> None:
        with self._gateway.client(timeout=60) as client:
            while not self._over.wait(0.02):
                try:
                    client.delegate_inbox_thread(thread_id, {"delegate_to": OWNER}, owner_agent=OWNER)
                except AxmeTransportError:
                    continue

    def _observe(self, intent: str, twin: int) -> None:
        self.seen[intent, twin] = list(self._client.observe(intent, timeout_seconds=240))
