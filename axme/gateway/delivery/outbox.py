"""Does what reaches outside: a few threads, each of which takes one job at a time and sees it through."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from threading import Condition, Thread

from axme.gateway.actions import outside
from axme.gateway.lifecycle.pushing import Outcome, Push
from axme.gateway.store import Notice, Store
from axme.gateway.store.errors import StoreClosedError
from axme.gateway.store.queries.outside import TOPIC

_log = logging.getLogger("axme.gateway")
THREADS = 8
SHORTEST_SLEEP = 0.05
LONGEST_SLEEP = 60.0
AFTER_FAILURE = 1.0
STOP_SECONDS = 1.0
_SECOND = 1_000_000


class Outbox:
    """Sends what is due. It stops without waiting for the other side: what was under way is taken again later."""

    def __init__(self, store: Store, send: Callable[[Push], Outcome], threads: int = THREADS) -> None:
        self._store = store
        self._send = send
        self._wake = Condition()
        self._news = 0
        self._busy = 0
        self._stopping = False
        self._threads = [Thread(target=self._work, name="axme-outbox", daemon=True) for _ in range(threads)]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more jobs, and leave those under way to their lease."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(STOP_SECONDS / len(self._threads))

    def notice(self, notices: Iterable[Notice]) -> None:
        """Take the notices of a commit: jobs may have come. Never blocks for long."""
        news = sum(notice.topic == TOPIC for notice in notices)
        if news:
            with self._wake:
                self._news += news
                self._wake.notify(news)

    def run_due(self) -> int:
        """Do everything that is due, and wait for what others are doing; returns how many jobs were done here."""
        done = 0
        while self._do_next():
            done += 1
        with self._wake:
            self._wake.wait_for(lambda: self._busy == 0, timeout=outside.LEASE / _SECOND)
        return done

    def _do_next(self) -> bool:
        with self._wake:
            self._busy += 1
        try:
            errand = self._store.write_sync(outside.take)
            if errand is None:
                return False
            if errand.push is not None:
                outcome = self._send(errand.push)
                self._store.write_sync(lambda tx: outside.settle(tx, errand, outcome))
            return True
        finally:
            with self._wake:
                self._busy -= 1
                if not self._busy:
                    self._wake.notify_all()

    def _work(self) -> None:
        while not self._stopping:
            try:
                if not self._do_next():
                    self._sleep_until_due()
            except StoreClosedError:
                return
            except Exception:
                _log.exception("a push failed here and will be tried again")
                self._sleep(AFTER_FAILURE, self._news)

    def _sleep_until_due(self) -> None:
        seen = self._news
        micros = self._store.read_sync(outside.microseconds_to_next)
        seconds = LONGEST_SLEEP if micros is None else micros / _SECOND
        self._sleep(min(max(seconds, SHORTEST_SLEEP), LONGEST_SLEEP), seen)

    def _sleep(self, seconds: float, seen: int) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._news != seen or self._stopping, timeout=seconds)
