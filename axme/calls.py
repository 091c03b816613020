"""What a call was: for people who wonder where an object or an error comes from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple


class Request(NamedTuple):
    """What was asked, safe to show."""

    path: str
    curl: str


class CallInfo:
    """The call that an object, a page, a stream or an error comes from. It holds no secret, and can be pickled.

    Args:
        operation: the flat call, such as ``get_intent``.
        method: ``GET``, ``POST``, …
        status: the status of the last answer; ``None`` where none came.
        duration: seconds for all attempts together, and the waits between them.
        attempts: how often it was sent.
        request_id: the gateway's name for the last attempt, for a question to its operator.
        trace_id: the trace it is part of.
        asked: makes the request as it may be shown, when somebody looks.
    """

    __slots__ = ("_asked", "attempts", "duration", "method", "operation", "request_id", "status", "trace_id")

    def __init__(
        self,
        operation: str,
        method: str,
        status: int | None,
        duration: float,
        attempts: int,
        request_id: str | None,
        trace_id: str | None,
        asked: Request | Callable[[], Request],
    ) -> None:
        self.operation = operation
        self.method = method
        self.status = status
        self.duration = duration
        self.attempts = attempts
        self.request_id = request_id
        self.trace_id = trace_id
        self._asked = asked

    @property
    def path(self) -> str:
        """Path and query below the base URL."""
        return self._request().path

    def as_curl(self) -> str:
        """The call as a ``curl`` command; keys and tokens stand in it as ``$AXME_API_KEY`` and ``$AXME_ACTOR_TOKEN``.

        A write keeps its idempotency key: sent again, it has no second effect.
        """
        return self._request().curl

    def _request(self) -> Request:
        if not isinstance(self._asked, Request):
            self._asked = self._asked()
        return self._asked

    def __repr__(self) -> str:
        tries = f", {self.attempts} attempts" if self.attempts > 1 else ""
        named = f", request id {self.request_id}" if self.request_id else ""
        answer = "no answer" if self.status is None else self.status
        return f"<{self.method} {self.path} → {answer} in {self.duration * 1000:.1f} ms{tries}{named}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (
            self.operation, self.method, self.status, self.duration, self.attempts, self.request_id, self.trace_id,
            self._request(),
        )  # fmt: skip


class _Latest(threading.local):
    call: CallInfo | None = None


#: The call that this thread made last: what is made of an answer comes right after it.
latest = _Latest()
