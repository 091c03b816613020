"""Everything the SDK raises.

::

    AxmeError
    ├── AxmeConfigError (also ValueError)        configuration is missing or contradicts itself
    ├── AxmeValueError (also ValueError)         refused before a byte was sent
    ├── AxmeClosedError (also RuntimeError)      client or stream used after close(), or across a fork
    ├── AxmeLookupError (also LookupError)       a collection has nothing of this name
    ├── AxmeReadOnlyError                        a client that only reads was asked to write
    ├── AxmePlanError                            what is only planned is needed, or a plan cannot be applied
    ├── AxmeTransportError                       no usable answer; see .outcome
    │   ├── AxmeConnectionError
    │   ├── AxmeTimeoutError (also TimeoutError)
    │   └── AxmeProtocolError                    the answer is not what the protocol allows
    ├── AxmeHttpError = AxmeAPIError             the server answered with an error
    │   ├── AxmeAuthError                        401, 403
    │   │   ├── AxmeAuthenticationError          401
    │   │   └── AxmePermissionError              403
    │   ├── AxmeNotFoundError                    404
    │   ├── AxmeValidationError                  400, 409, 413, 422
    │   │   └── AxmeConflictError                409
    │   │       ├── AxmeIdempotencyError         the key was used with another payload
    │   │       ├── AxmePolicyGenerationError    the policy has changed since it was read
    │   │       ├── AxmeTerminalError            the intent has already ended
    │   │       ├── AxmeAlreadyDecidedError      the task has already been decided
    │   │       └── AxmeClaimLostError           another worker has the intent now, or it is over
    │   ├── AxmeRateLimitError                   429
    │   │   └── AxmeQuotaError                   a quota is used up: waiting a little does not help
    │   └── AxmeServerError                      500 and above
    └── AxmeIntentError                          an intent ended, but not COMPLETED; see .intent
        ├── AxmeIntentFailedError
        ├── AxmeIntentCanceledError
        └── AxmeIntentTimedOutError

``outcome`` says what a failed call may have done: ``not_sent`` (nothing reached the server), ``rejected`` (the server
refused it) or ``unknown`` (it may have taken effect: repeat it with the same ``idempotency_key``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Literal

from axme.calls import CallInfo
from axme.contract import codes

Outcome = Literal["not_sent", "rejected", "unknown"]
#: Statuses after which the same request may well succeed.
TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})


class AxmeIdempotencyWarning(UserWarning):
    """An idempotency key is about to be used again with other parameters; the server will answer 409."""


class AxmeError(Exception):
    """The root: catch it to catch all."""

    #: The call that failed, with its ``as_curl()``; ``None`` where nothing was asked.
    call: CallInfo | None = None

    #: What a card shows beside the message, in this order.
    _TOLD: ClassVar[tuple[str, ...]] = ()

    def _repr_html_(self) -> str:
        from axme.display import html

        known = ((name, getattr(self, name, None)) for name in self._TOLD)
        facts = [
            (name, timedelta(seconds=item) if name == "elapsed" else item)
            for name, item in known
            if item not in (None, "", 0.0)
        ]
        said = [("message", getattr(self, "message", None) or str(self))]
        return html.card(type(self).__name__, badge="error", facts=[*said, *facts])


class AxmeConfigError(AxmeError, ValueError):
    """Configuration is missing or contradicts itself."""


class AxmeValueError(AxmeError, ValueError):
    """An argument cannot be sent; nothing was."""


class AxmeClosedError(AxmeError, RuntimeError):
    """The client or stream was closed, or belongs to the process this one was forked from."""


class AxmeLookupError(AxmeError, LookupError):
    """A collection has nothing of this name or id; the message lists what it has."""


class AxmeReadOnlyError(AxmeError):
    """A client that only reads was asked to write; nothing was sent."""


class AxmePlanError(AxmeError):
    """A value is needed of what is only planned, or a plan cannot be recorded, loaded or applied like this."""


class AxmeTransportError(AxmeError):
    """A call ended without an answer of the server that could be used."""

    _TOLD = ("operation", "outcome", "retryable", "attempts", "elapsed", "idempotency_key")

    def __init__(
        self,
        message: str,
        *,
        outcome: Outcome = "unknown",
        retryable: bool = False,
        idempotency_key: str | None = None,
        attempts: int = 0,
        elapsed: float = 0.0,
        operation: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.outcome: Outcome = outcome
        self.retryable = retryable
        self.idempotency_key = idempotency_key
        self.attempts = attempts
        self.elapsed = elapsed
        self.operation = operation

    def __str__(self) -> str:
        called = f"{self.operation}: " if self.operation else ""
        tries = f" ({self.attempts} attempts)" if self.attempts > 1 else ""
        return f"{called}{self.message}{tries}"


class AxmeConnectionError(AxmeTransportError):
    """No connection, or it broke."""


class AxmeTimeoutError(AxmeTransportError, TimeoutError):
    """Time ran out; also a ``TimeoutError``."""


class AxmeProtocolError(AxmeTransportError):
    """The answer is not what the protocol allows."""


class AxmeHttpError(AxmeError):
    """The server answered with an error status (contract 1.6).

    ``str()`` is ``HTTP <status>: <message>``, followed by the request id if the server gave one.
    """

    _TOLD = (
        "status_code", "code", "details", "operation", "request_id", "trace_id", "outcome", "retryable", "retry_after",
        "attempts", "elapsed", "idempotency_key",
    )  # fmt: skip

    def __init__(
        self,
        status_code: int,
        message: str,
        *,
        body: Any = None,
        request_id: str | None = None,
        trace_id: str | None = None,
        retry_after: float | None = None,
        code: str | None = None,
        details: Any = None,
        retryable: bool | None = None,
        outcome: Outcome | None = None,
        idempotency_key: str | None = None,
        attempts: int = 1,
        elapsed: float = 0.0,
        operation: str = "",
    ) -> None:
        super().__init__(status_code, message)
        self.status_code = status_code
        self.message = message
        self.body = body
        self.request_id = request_id
        self.trace_id = trace_id
        self.retry_after = retry_after
        self.code = code
        self.details = details
        self.retryable = status_code in TRANSIENT if retryable is None else retryable
        self.outcome: Outcome = _outcome(status_code, code) if outcome is None else outcome
        self.idempotency_key = idempotency_key
        self.attempts = attempts
        self.elapsed = elapsed
        self.operation = operation

    def __str__(self) -> str:
        tail = f" (request id {self.request_id})" if self.request_id else ""
        return f"HTTP {self.status_code}: {self.message}{tail}"


AxmeAPIError = AxmeHttpError


class AxmeAuthError(AxmeHttpError):
    """The caller is unknown (401) or may not do this (403)."""


class AxmeAuthenticationError(AxmeAuthError):
    """401: the key or token is missing, unknown, expired or revoked."""


class AxmePermissionError(AxmeAuthError):
    """403: the caller is known, and may not do this."""


class AxmeNotFoundError(AxmeHttpError):
    """404: there is no such thing, or not for this caller."""


class AxmeValidationError(AxmeHttpError):
    """400, 409, 413, 422: the request itself must change before it can succeed."""


class AxmeConflictError(AxmeValidationError):
    """409: the request contradicts the present state."""


class AxmeIdempotencyError(AxmeConflictError):
    """The idempotency key was used before with another payload."""


class AxmePolicyGenerationError(AxmeConflictError):
    """The expected policy generation is not the present one: read again, then decide again."""


class AxmeTerminalError(AxmeConflictError):
    """The intent has already ended."""


class AxmeAlreadyDecidedError(AxmeConflictError):
    """The task or approval has already been decided."""


class AxmeClaimLostError(AxmeConflictError):
    """The worker's claim is not the living one: another worker has the intent, or it is over."""


class AxmeRateLimitError(AxmeHttpError):
    """429: too many requests; ``retry_after`` says how many seconds to wait, if the server said so."""


class AxmeQuotaError(AxmeRateLimitError):
    """429: a quota is used up until it is reset; ``details`` names it."""


class AxmeServerError(AxmeHttpError):
    """500 and above: the server failed."""


class AxmeIntentError(AxmeError):
    """An intent ended, but not COMPLETED; ``intent`` is what it ended as."""

    _TOLD = ("intent",)

    def __init__(self, message: str, intent: Any = None) -> None:
        super().__init__(message)
        self.intent = intent


class AxmeIntentFailedError(AxmeIntentError):
    """The intent ended FAILED."""


class AxmeIntentCanceledError(AxmeIntentError):
    """The intent ended CANCELED."""


class AxmeIntentTimedOutError(AxmeIntentError):
    """The intent ended TIMED_OUT."""


def _outcome(status: int, code: str | None) -> Outcome:
    if status == 408 or (status >= 500 and code not in (codes.UNAVAILABLE.code, codes.NOT_IMPLEMENTED.code)):
        return "unknown"
    return "rejected"
