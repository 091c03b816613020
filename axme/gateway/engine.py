"""Works off what is due: deadlines, reminders, escalations, and the gateway's own regular work.

A job is claimed, done and deleted in one transaction. On PostgreSQL its locked row is the lease: other nodes pass it
by, and when this node dies the lock dies with it and any other node claims the job again.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Condition, Thread

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
_NEVER = float("inf")


class Engine:
    """A thread that sleeps until something is due, here or by notice of a commit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._wake = Condition()
        #: When the next job is due that is known of, by the database's clock.
        self._awaited = _NEVER
        self._news = False
        self._stopping = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to work."""
        self._store.write_sync(jobs.begin)
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
        with self._wake:
            if due < self._awaited:
                self._news = True
                self._wake.notify()

    def run_due(self) -> int:
        """Do everything that is due, in order, until nothing is; returns how many jobs that were."""
        done = 0
        while self._do_next():
            done += 1
        return done

    def _do_next(self) -> bool:
        turn = jobs.Turn()
        try:
            return self._store.write_sync(turn.do)
        except Exception as error:
            if turn.job is None or isinstance(error, StoreClosedError):
                raise
            job, failure = turn.job, error
        self._store.write_sync(lambda tx: jobs.put_off(tx, job, failure))
        return True

    def _work(self) -> None:
        while not self._stopping:
            try:
                self.run_due()
                self._sleep_until_due()
            except StoreClosedError:
                return
            except Exception:
                _log.exception("due jobs cannot be done at the moment")
                self._rest()

    def _sleep_until_due(self) -> None:
        with self._wake:
            # From here on a notice counts as news, whatever it says: how long to sleep is not known yet.
            self._news = False
            self._awaited = _NEVER
        due = self._store.read_sync(jobs.next_due)
        if due is None:
            self._sleep(LONGEST_SLEEP)
            return
        with self._wake:
            self._awaited = due.at
        self._sleep(min(max(due.within / _SECOND, SHORTEST_SLEEP), LONGEST_SLEEP))

    def _rest(self) -> None:
        # News would not mend what is broken.
        with self._wake:
            self._wake.wait_for(lambda: self._stopping, timeout=AFTER_FAILURE)

    def _sleep(self, seconds: float) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._news or self._stopping, timeout=seconds)
