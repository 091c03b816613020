"""Looks after the audit trail beside everything else: seals it, and writes down who was not let in.

Refused keys and links are counted by the minute, address and reason, so that whoever tries a million of them makes one
row a minute and not a million.
"""

from __future__ import annotations

import logging
from functools import partial
from threading import Event, Lock, Thread

from axme.gateway.actions import audit_seals, refusals
from axme.gateway.actions.refusals import Refusal
from axme.gateway.store import Store

EVERY_SECONDS = 60.0
#: How many rows about refusals one minute may make; the rest of them is one row more for each reason.
MOST_REFUSALS = 100
_log = logging.getLogger("axme.gateway")


class Trail:
    """A thread that works once a minute, and when the gateway stops."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        #: How often each was refused, and the last request that was.
        self._refused: dict[Refusal, tuple[int, str]] = {}
        self._stopping = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to work."""
        self._store.write_sync(audit_seals.begin)
        self._thread = Thread(target=self._work, name="axme-trail", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write down and seal what there is, and stop; a second call does nothing."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def refused(self, refusal: Refusal, request_id: str) -> None:
        """Count somebody who was not let in."""
        with self._lock:
            if len(self._refused) >= MOST_REFUSALS and refusal not in self._refused:
                refusal = refusal.of_many()
            count, _ = self._refused.get(refusal, (0, ""))
            self._refused[refusal] = count + 1, request_id

    def work(self) -> None:
        """Write down who was refused, and seal what is not sealed yet."""
        self._record_refusals()
        while (seal := self._store.read_sync(audit_seals.prepare)) is not None:
            if not self._store.write_sync(partial(audit_seals.put, seal=seal)):
                return
            _log.info("the audit trail is sealed up to row %d: %s", seal["last_audit_id"], seal["digest"])

    def _record_refusals(self) -> None:
        with self._lock:
            refused, self._refused = self._refused, {}
        if not refused:
            return
        try:
            self._store.write_sync(lambda tx: refusals.record(tx, refused))
        except Exception:
            with self._lock:
                self._refused = refused | self._refused
            raise

    def _work(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(EVERY_SECONDS)
            try:
                self.work()
            except Exception:
                _log.exception("the audit trail cannot be sealed at the moment")
