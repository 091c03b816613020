"""What happens after a first failed attempt (contract 1.6). A call that succeeds at once never comes here.

* A transient answer (408, 429, 500, 502, 503, 504, unless its body says that a retry cannot help) and a broken, silent
  or garbled connection are tried again at most ``max_retries`` times.
* A server that could not be reached at all is tried for 10 seconds, which covers its restart: nothing was sent, so
  nothing can happen twice. ``max_retries=0`` turns this off too.
* Waits are random between 0 and ``retry_backoff_seconds · 2ⁿ`` (at most 20 s), or what ``Retry-After`` asks for. A wait
  that would end after the deadline is not begun.
* Every retry of what may have reached the server is paid from the client's
  :class:`~axme.transport.budget.RetryBudget`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from axme.config import AxmeClientConfig
from axme.exceptions import AxmeError, AxmeHttpError, AxmeTimeoutError, AxmeTransportError
from axme.transport.budget import RETRY_COST, TIMEOUT_COST, RetryBudget
from axme.transport.exchange import Exchange, log

if TYPE_CHECKING:
    from tenacity import RetryCallState

BACKOFF_CAP = 20.0
UNREACHED_SECONDS = 10.0


def is_worth_retrying(error: BaseException | None) -> bool:
    """Whether the same request may succeed a little later."""
    return isinstance(error, (AxmeHttpError, AxmeTransportError)) and error.retryable


class Persistence:
    """The retries of one call, from its first failure on."""

    def __init__(
        self, exchange: Exchange, config: AxmeClientConfig, budget: RetryBudget, sleep: Callable[[float], None]
    ) -> None:
        self._exchange = exchange
        self._config = config
        self._budget = budget
        self._sleep = sleep
        self._counted = 0
        self._unreached_since = monotonic()
        self._paid = 0

    def resume(self, first: AxmeError) -> dict[str, Any]:
        """Go on after ``first``; returns the answer of the attempt that succeeds.

        Raises:
            AxmeError: the last failure.
        """
        # Most programs never need it, and it takes a third of the time that importing this package does.
        try:
            from tenacity import Retrying, retry_if_exception, wait_random_exponential
        except OSError:
            # Out of file descriptors, which may be why the first attempt failed.
            raise first from None

        self._backoff = wait_random_exponential(multiplier=self._config.retry_backoff_seconds, max=BACKOFF_CAP)
        pending = [first]
        self._last = first

        def attempt() -> dict[str, Any]:
            if pending:
                raise pending.pop()
            try:
                return self._exchange.attempt()
            except AxmeTimeoutError as late:
                if late.outcome == "not_sent" and not self._exchange.guard.remaining():
                    # Only the time for one more attempt was missing; the failure before says why the call failed.
                    raise self._last from None
                raise

        answer: dict[str, Any] = Retrying(
            retry=retry_if_exception(is_worth_retrying),
            wait=self._wait,
            stop=self._stop,
            before_sleep=self._tell,
            sleep=self._sleep,
            reraise=True,
        )(attempt)
        self._budget.give_back(self._paid)
        return answer

    def _wait(self, state: RetryCallState) -> float:
        error = _failure(state)
        asked = error.retry_after if isinstance(error, AxmeHttpError) else None
        if asked is None:
            return float(self._backoff(state))
        return asked + random.uniform(0, self._config.retry_backoff_seconds)

    def _stop(self, state: RetryCallState) -> bool:
        error = _failure(state)
        if isinstance(error, AxmeError):
            self._last = error
        unreached = isinstance(error, AxmeTransportError) and error.outcome == "not_sent"
        self._counted += not unreached
        if not unreached:
            self._unreached_since = monotonic()
        if self._config.max_retries == 0 or self._counted > self._config.max_retries:
            return True
        if unreached and monotonic() - self._unreached_since > UNREACHED_SECONDS:
            return True
        asked = getattr(error, "retry_after", None) or 0.0
        if max(asked, state.upcoming_sleep) >= self._exchange.guard.remaining():
            return True
        if unreached:
            return False
        self._paid = TIMEOUT_COST if isinstance(error, AxmeTimeoutError) else RETRY_COST
        return not self._budget.take(self._paid)

    def _tell(self, state: RetryCallState) -> None:
        log.info(
            "%s failed (%s), attempt %d; next in %.2f s",
            self._exchange.shown(), _reason(_failure(state)), self._exchange.attempts, state.upcoming_sleep,
        )  # fmt: skip


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _reason(error: BaseException | None) -> str:
    return f"HTTP {error.status_code}" if isinstance(error, AxmeHttpError) else type(error).__name__
