"""One thread that renews the leases of all claims under way, and watches the time of their handlers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from math import inf
from time import monotonic

from axme.exceptions import AxmeClosedError, AxmeError
from axme.worker.claim import Source
from axme.worker.run import Run

_log = logging.getLogger("axme.worker")
#: A lease is renewed this often before it would end, so that two renewals may be lost.
_PER_LEASE = 3
_BATCH = 100


class Keeper:
    """Renews and watches until :meth:`close`.

    Args:
        runs: what is being handled.
        late: called for a run whose time is over, with the seconds it had.
        lost: called for a run whose lease is lost, with the reason.
    """

    def __init__(
        self,
        source: Source,
        runs: Callable[[], list[Run]],
        late: Callable[[Run, float], None],
        lost: Callable[[Run, str], None],
    ) -> None:
        self._source = source
        self._runs = runs
        self._late = late
        self._lost = lost
        self._every = source.lease / _PER_LEASE if source.lease else inf
        self._renew_at = monotonic() + self._every
        self._news = threading.Event()
        self._over = False
        self._failing = False
        self._thread = threading.Thread(target=self._keep, name="axme-leases", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is a run whose time may be over sooner than anything known so far."""
        self._news.set()

    def close(self) -> None:
        """End the thread."""
        self._over = True
        self._news.set()

    def _keep(self) -> None:
        while True:
            until = self._next() - monotonic()
            self._news.wait(None if until == inf else max(until, 0.0))
            self._news.clear()
            if self._over:
                return
            self._check(monotonic())

    def _check(self, now: float) -> None:
        try:
            for run in self._runs():
                if run.open and run.timeout is not None and run.since + run.timeout <= now:
                    self._late(run, run.timeout)
            if self._renew_at <= now:
                self._renew_at = now + self._every
                self._renew()
        except Exception:
            # Whatever it was: without this thread every lease would be lost.
            _log.exception("leases could not be looked after, and will be again")
            self._renew_at = now + self._every

    def _next(self) -> float:
        late = [run.since + run.timeout for run in self._runs() if run.open and run.timeout is not None]
        return min([self._renew_at, *late])

    def _renew(self) -> None:
        runs = {run.claim.id: run for run in self._runs() if not run.lost.is_set()}
        ids = list(runs)
        for start in range(0, len(ids), _BATCH):
            try:
                lost = self._source.renew(ids[start : start + _BATCH])
            except AxmeClosedError:
                return
            except AxmeError as error:
                if not self._failing:
                    _log.warning("leases could not be renewed, and will be tried again: %s", error)
                self._failing = True
                return
            self._failing = False
            for claim_id, why in lost.items():
                if claim_id in runs:
                    self._lost(runs[claim_id], why)
