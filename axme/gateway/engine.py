"""Works off what is due: deadlines, reminders, escalations, and the gateway's own regular work.

A job is claimed, done and deleted in one transaction. On PostgreSQL its locked row is the lease: other nodes pass it
by, and when this node dies the lock dies with it and any other node claims the job again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Condition, Thread

from axme.contract.clock import Clock, to_micros
from axme.gateway.actions import jobs
from axme.gateway.store import Notice, Store, topics
from axme.gateway.store.errors import StoreClosedError

_log = logging.getLogger("axme.gateway")
#: A job that is due but locked by another node is looked at again after this.
SHORTEST_SLEEP = 0.05
#: Clocks can jump, and machines can be suspended.
LONGEST_SLEEP = 60.0
AFTER_FAILURE = 1.0
_SECOND = 1_000_000


class Engine:
    """A thread that sleeps until something is due, here or by notice of a commit."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._wake = Condition()
        self._wakes_at = float("-inf")
        self._news = False
        self._stopping = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to work."""
        self._store.write_sync(jobs.ensure_regular_work)
        self._thread = Thread(target=self._work, name="axme-engine", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the job in hand and stop; a second call does nothing."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()

    def notice(self, notices: Iterable[Notice]) -> None:
        """Take the notices of a commit: an earlier job may have come. Never blocks for long."""
        due = min((notice.seq for notice in notices if notice.topic == topics.JOBS), default=None)
        if due is None:
            return
        seconds = (due - to_micros(self._clock.now())) / _SECOND
        with self._wake:
            if self._clock.monotonic() + seconds < self._wakes_at:
                self._news = True
                self._wake.notify()

    def run_due(self) -> int:
        """Do everything that is due, in order, until nothing is; returns how many jobs that were."""
        done = 0
        while self._store.write_sync(jobs.do_next):
            done += 1
        return done

    def _work(self) -> None:
        while not self._stopping:
            try:
                self.run_due()
                self._sleep_until_due()
            except StoreClosedError:
                return
            except Exception:
                _log.exception("a due job failed and will be tried again")
                self._sleep(AFTER_FAILURE)

    def _sleep_until_due(self) -> None:
        with self._wake:
            # From here on a notice counts as news, whatever it says: how long to sleep is not known yet.
            self._news = False
            self._wakes_at = float("inf")
        micros = self._store.read_sync(jobs.microseconds_to_next)
        self._sleep(LONGEST_SLEEP if micros is None else min(max(micros / _SECOND, SHORTEST_SLEEP), LONGEST_SLEEP))

    def _sleep(self, seconds: float) -> None:
        with self._wake:
            self._wakes_at = self._clock.monotonic() + seconds
            self._wake.wait_for(lambda: self._news or self._stopping, timeout=seconds)
            self._wakes_at = float("-inf")
