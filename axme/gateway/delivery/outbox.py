"""Does what reaches outside: threads, each of which sees one job through, and no target takes them all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from threading import Condition, Lock, Thread
from time import monotonic

from axme.gateway.actions import outside
from axme.gateway.delivery.fairness import Fairness, Ticket
from axme.gateway.lifecycle.mailing import Mail
from axme.gateway.lifecycle.pushing import Outcome, Push
from axme.gateway.store import Notice, Store
from axme.gateway.store.errors import StoreClosedError
from axme.gateway.store.queries.outside import TOPIC, Open, take_back

_log = logging.getLogger("axme.gateway")
#: Most of them wait for the other side, and cost next to nothing meanwhile.
THREADS = 64
SHORTEST_SLEEP = 0.05
LONGEST_SLEEP = 60.0
AFTER_FAILURE = 1.0
STOP_SECONDS = 1.0
_SECOND = 1_000_000
Job = tuple[outside.Errand, Ticket]


class Outbox:
    """Sends what is due. It stops without waiting for the other side: what was under way is taken again later.

    One thread at a time waits for work; with a job in hand it leaves the waiting to the next. Which targets may be sent
    to is said by :class:`Fairness`, for this process.
    """

    def __init__(
        self,
        store: Store,
        send: Callable[[Push], Outcome],
        threads: int = THREADS,
        *,
        mail: Callable[[Mail], Outcome] | None = None,
    ) -> None:
        self._store = store
        self._send = send
        self._mail = mail
        self._turn = Lock()
        self._taking = Lock()
        self._wake = Condition()
        self._news = 0
        self._fairness = Fairness(threads)
        self._stopping = False
        self._threads = [Thread(target=self._work, name="axme-outbox", daemon=True) for _ in range(threads)]

    def start(self) -> None:
        """Begin to work, first with what nodes had in hand that live no longer."""
        self._store.write_sync(take_back)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more jobs, and leave those under way to their lease."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        deadline = monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))

    def notice(self, notices: Iterable[Notice]) -> None:
        """Take the notices of a commit: jobs may have come. Never blocks for long."""
        if any(notice.topic == TOPIC for notice in notices):
            with self._wake:
                self._news += 1
                self._wake.notify_all()

    def run_due(self) -> int:
        """Do everything that is due, and wait for what others are doing; returns how many jobs were done here."""
        done, idle = 0, False
        while not idle:
            while (job := self._take()) is not None:
                self._do(*job)
                done += 1
            with self._wake:
                idle = not self._fairness.under_way
                if not idle and not self._wake.wait_for(lambda: not self._fairness.under_way, outside.LEASE / _SECOND):
                    return done
        return done

    def _work(self) -> None:
        while True:
            with self._turn:
                job = self._next()
            if job is None:
                return
            try:
                self._do(*job)
            except StoreClosedError:
                return
            except Exception:
                _log.exception("a push failed here and will be tried again")

    def _next(self) -> Job | None:
        """The next job, waited for; ``None`` at the end."""
        while not self._stopping:
            seen = self._news
            try:
                if (job := self._take()) is not None:
                    return job
                self._sleep(self._seconds_to_next(), seen)
            except StoreClosedError:
                return None
            except Exception:
                _log.exception("the store cannot be asked for work to do; it will be asked again")
                self._sleep(AFTER_FAILURE, self._news)
        return None

    def _take(self) -> Job | None:
        with self._taking:  # the place is taken before another thread can ask for one
            errand = self._fit()
            if errand is None:
                return None
            with self._wake:
                return errand, self._fairness.enter(errand.target, monotonic())

    def _fit(self) -> outside.Errand | None:
        """The next errand; those that cannot be prepared are put off and stand before no other."""
        while True:
            turn = outside.Turn(self._open_targets(), self._store.run_id)
            try:
                return self._store.write_sync(turn.take)
            except StoreClosedError:
                raise
            except Exception as error:
                if turn.job is None:
                    raise
                job = turn.job
                self._put_off(job["job_id"], job["due_at"], job["attempts"], error)

    def _put_off(self, job_id: str, due_at: int, failures: int, error: Exception) -> None:
        _log.error("job %s failed here and will be tried again: %s", job_id, error, exc_info=error)
        self._store.write_sync(lambda tx: outside.put_off(tx, job_id, due_at, failures, error))

    def _do(self, errand: outside.Errand, ticket: Ticket) -> None:
        took = None
        try:
            outcome = self._perform(errand)
            if outcome is not None:
                took = monotonic() - ticket.since
                self._settle(errand, outcome)
        finally:
            with self._wake:
                self._fairness.leave(ticket, took)
                self._news += 1
                self._wake.notify_all()

    def _settle(self, errand: outside.Errand, outcome: Outcome) -> None:
        try:
            self._store.write_sync(lambda tx: outside.settle(tx, errand, outcome))
        except StoreClosedError:
            raise
        except Exception as error:
            self._put_off(outside.id_of(errand), errand.until, errand.failures, error)

    def _perform(self, errand: outside.Errand) -> Outcome | None:
        """Send what an errand is about; ``None`` when that is nothing."""
        if errand.push is not None:
            return self._send(errand.push)
        if errand.mail is not None and self._mail is not None:
            return self._mail(errand.mail)
        return None

    def _open_targets(self) -> Open:
        with self._wake:
            return self._fairness.open_targets(monotonic())

    def _seconds_to_next(self) -> float:
        targets = self._open_targets()
        micros = self._store.read_sync(lambda tx: outside.microseconds_to_next(tx, targets))
        return LONGEST_SLEEP if micros is None else min(max(micros / _SECOND, SHORTEST_SLEEP), LONGEST_SLEEP)

    def _sleep(self, seconds: float, seen: int) -> None:
        with self._wake:
            self._wake.wait_for(lambda: self._news != seen or self._stopping, timeout=seconds)
