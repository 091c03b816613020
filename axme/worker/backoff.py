"""Trying again, ever more patiently, and saying so once."""

from __future__ import annotations

import logging
import random
from time import monotonic

from axme.contract import codes
from axme.exceptions import AxmeHttpError, AxmeTransportError

_log = logging.getLogger("axme.worker")
_FIRST = 0.2
_MOST = 10.0


def passes(error: Exception) -> bool:
    """Whether waiting may mend it: the network, a gateway that restarts, an agent that is killed and may be resumed."""
    if isinstance(error, AxmeHttpError):
        return error.retryable or error.code == codes.AGENT_KILLED.code
    return isinstance(error, AxmeTransportError)


class BackOff:
    """The pauses between attempts at one thing, and what is told of them."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._failures = 0
        self._since = 0.0

    def failed(self, error: Exception) -> float:
        """How many seconds to wait before the next attempt."""
        if not self._failures:
            self._since = monotonic()
            _log.warning("%s failed and is tried again: %s", self._what, error)
        self._failures += 1
        return random.uniform(0, min(_MOST, _FIRST * 2.0 ** min(self._failures, 16)))

    def worked(self) -> None:
        """It worked."""
        if self._failures:
            _log.info("%s works again, after %.0f s", self._what, monotonic() - self._since)
        self._failures = 0
