"""One logical call while it lasts: each attempt on the wire, and what all of them together mean."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any, TypeVar

from requests.models import Response

from axme.calls import CallInfo
from axme.config import AxmeClientConfig
from axme.contract import headers
from axme.exceptions import AxmeError, AxmeHttpError, AxmeTimeoutError, AxmeTransportError, Outcome
from axme.transport.answer import read_body, understand
from axme.transport.breakdown import explain, is_stale
from axme.transport.connection import CONNECT_SECONDS
from axme.transport.curl import request_of
from axme.transport.deadline import Guard
from axme.transport.outgoing import Outgoing
from axme.transport.redact import Redactor
from axme.transport.session import Route

log = logging.getLogger("axme")
T = TypeVar("T")
_SEVERITY: dict[Outcome, int] = {"not_sent": 0, "rejected": 1, "unknown": 2}


class Exchange:
    """A request, its route and its deadline."""

    def __init__(
        self, outgoing: Outgoing, route: Route, guard: Guard, config: AxmeClientConfig, redactor: Redactor
    ) -> None:
        self.outgoing = outgoing
        self.guard = guard
        self.attempts = 0
        self._route = route
        self._config = config
        self._redactor = redactor
        self._started = monotonic()
        self._answered: Response | None = None
        self._worst: Outcome = "not_sent"

    def attempt(self) -> dict[str, Any]:
        """One attempt, from connecting to the decoded answer.

        Raises:
            AxmeHttpError: the server answered with an error.
            AxmeTransportError: there is no usable answer.
            AxmeClosedError: the client was closed meanwhile.
        """
        try:
            response, data = self._answer()
            return understand(response.status_code, response.headers, data, self._redactor)
        except (AxmeHttpError, AxmeTransportError) as error:
            self._worst = max(self._worst, error.outcome, key=_SEVERITY.__getitem__)
            raise

    def open(self, idle_timeout: float) -> Response:
        """One attempt up to the end of the answer's head; the body of an error is read.

        Reads that follow wait at most ``idle_timeout`` seconds for a byte.

        Raises:
            AxmeHttpError, AxmeTransportError, AxmeClosedError: as :meth:`attempt`.
        """
        response = self._guarded(lambda: self._head(idle_timeout))
        if not 200 <= response.status_code < 300:
            understand(response.status_code, response.headers, self._guarded(lambda: _body(response)), self._redactor)
        return response

    def describe(self, error: AxmeError) -> None:
        """Complete ``error`` with what only the whole call knows; one unknown outcome makes the whole unknown."""
        if isinstance(error, (AxmeHttpError, AxmeTransportError)):
            error.outcome = self._worst if _SEVERITY[self._worst] > _SEVERITY[error.outcome] else error.outcome
            error.attempts = self.attempts
            error.elapsed = monotonic() - self._started
            error.operation = self.outgoing.call.operation
            error.idempotency_key = self.outgoing.key
        error.call = self.info()

    def info(self) -> CallInfo:
        """What the call was; rendered when somebody looks."""
        call, found = self.outgoing.call, self._answered.headers if self._answered is not None else {}
        key, config, redactor = self.outgoing.key, self._config, self._redactor
        return CallInfo(
            call.operation,
            call.method,
            self._answered.status_code if self._answered is not None else None,
            monotonic() - self._started,
            self.attempts,
            found.get(headers.REQUEST_ID),
            str(self.outgoing.request.headers.get(headers.TRACE_ID, "")) or None,
            lambda: request_of(call, key, config, redactor),
        )

    def shown(self) -> str:
        """Method and path for the log; queries may hold tokens and stay out."""
        return self._redactor.text(f"{self.outgoing.call.method} {self.outgoing.call.path}")

    def _answer(self) -> tuple[Response, bytes]:
        def both() -> tuple[Response, bytes]:
            response = self._head(self._config.timeout_seconds + self.outgoing.call.held)
            return response, _body(response)

        started = monotonic()
        response, data = self._guarded(both)
        if log.isEnabledFor(logging.DEBUG):
            log.debug(
                "%s -> %d in %.1f ms, attempt %d, request id %s",
                self.shown(), response.status_code, (monotonic() - started) * 1000, self.attempts,
                response.headers.get(headers.REQUEST_ID, "none"),
            )  # fmt: skip
        return response, data

    def _head(self, silence: float) -> Response:
        self.attempts += 1
        self.guard.connecting = False
        left = self.guard.remaining()
        if left <= 0:
            raise AxmeTimeoutError("no time was left to send the request", outcome="not_sent")
        connect = min(CONNECT_SECONDS, self._config.timeout_seconds, left)
        self._answered = None
        self._answered = self._route.send(self.outgoing.request, connect=connect, read=silence)
        return self._answered

    def _guarded(self, step: Callable[[], T]) -> T:
        """Run ``step``; a kept connection that turns out to be closed is replaced, once and unseen."""
        failure: AxmeError | None = None
        try:
            done = step()
            if not self.guard.reason:
                return done
            if self._answered is not None:
                # Cut as it came: nobody will read it, and the collector may come late.
                self._answered.raw.close()
            failure = explain(TimeoutError(), self.guard, self._config, self._config.timeout_seconds)
        except AxmeError:
            raise
        except Exception as error:
            if not (is_stale(error, self.guard) and self.outgoing.call.retryable):
                failure = explain(error, self.guard, self._config, self._config.timeout_seconds)
        if failure is None:
            # It may have been closed after the request was read, too.
            self._worst = "unknown"
            self.guard.reused = False
            return self._guarded(step)
        self._tell(failure)
        # Raised out here, so that the errors below, whose frames hold the request with its key, are let go.
        raise failure

    def _tell(self, failure: AxmeError) -> None:
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s -> %s, attempt %d", self.shown(), type(failure).__name__, self.attempts)


def _body(response: Response) -> bytes:
    try:
        return read_body(response)
    except BaseException:
        # Never back into the pool half read, whatever the interruption was.
        response.raw.close()
        raise
