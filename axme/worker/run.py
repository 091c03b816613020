"""One claim while it is handled."""

from __future__ import annotations

import threading
from time import monotonic
from typing import Any

from axme.exceptions import AxmeClaimLostError
from axme.worker.claim import Claim, Source
from axme.worker.handlers import Handler


class Run:
    """A claim, its handler, and who may say what became of it: the first who asks, and nobody after."""

    def __init__(self, claim: Claim, handler: Handler | None, source: Source) -> None:
        self.claim = claim
        self.handler = handler
        self.source = source
        #: Set when this worker has it no longer: what the handler still does is in vain.
        self.lost = threading.Event()
        self.why_lost = ""
        self.since = monotonic()
        #: What this attempt has kept so far.
        self.kept: dict[str, Any] | None = None
        self._open = True
        self._lock = threading.Lock()

    @property
    def timeout(self) -> float | None:
        """How many seconds the handler may take."""
        return self.handler.timeout if self.handler else None

    @property
    def open(self) -> bool:
        """Whether nobody has settled it, or begun to."""
        return self._open

    def begin(self) -> None:
        """The handler starts now."""
        self.since = monotonic()

    def end(self) -> bool:
        """Whether the caller is the one to settle it."""
        with self._lock:
            was, self._open = self._open, False
            return was

    def lose(self, why: str) -> bool:
        """It belongs to somebody else, or is over; whether that is news."""
        self.why_lost = self.why_lost or why
        self.lost.set()
        return self.end()

    def progress(self, said: dict[str, Any]) -> None:
        """Tell observers."""
        self._check()
        self._guarded(self.source.progress, said)

    def checkpoint(self, data: dict[str, Any]) -> None:
        """Keep for the next attempt."""
        self._check()
        self._guarded(self.source.checkpoint, data)
        self.kept = data

    def _check(self) -> None:
        if self.lost.is_set():
            raise AxmeClaimLostError(409, self.why_lost, code="claim_lost")

    def _guarded(self, tell: Any, data: dict[str, Any]) -> None:
        try:
            tell(self.claim, data)
        except AxmeClaimLostError as error:
            self.lose(error.message)
            raise
