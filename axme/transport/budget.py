"""A limit on retries over all calls of a client, so that a failing server is not pushed further down."""

from __future__ import annotations

import threading

CAPACITY = 500
RETRY_COST = 5
TIMEOUT_COST = 10
SUCCESS_REFUND = 1


class RetryBudget:
    """Retries are paid from a bucket that only successes refill: when most calls fail, retrying soon stops."""

    def __init__(self) -> None:
        self._tokens = CAPACITY
        self._lock = threading.Lock()

    @property
    def tokens(self) -> int:
        """What is left, 0 to :data:`CAPACITY`."""
        return self._tokens

    def take(self, cost: int) -> bool:
        """Pay for one retry; ``False``, and nothing is paid, when there is not enough left."""
        with self._lock:
            if self._tokens < cost:
                return False
            self._tokens -= cost
            return True

    def give_back(self, paid: int) -> None:
        """A call succeeded: what it paid for its last retry comes back, or a little where it needed none."""
        if self._tokens < CAPACITY:
            with self._lock:
                self._tokens = min(CAPACITY, self._tokens + (paid or SUCCESS_REFUND))
