"""What can come of handling an intent: a result, a failure, or a wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from axme.contract import clock
from axme.exceptions import AxmeError, AxmeHttpError, AxmeValueError

_SHOWN_CHARS = 1500


class Reject(AxmeError):
    """Raised by a handler: this intent fails for good, and is not tried again.

    Args:
        message: why, for whoever sent it.
        code: a word for programs.
        details: whatever else helps.

    Example:
        >>> raise Reject("order 7 has no items", code="empty_order")
        Traceback (most recent call last):
        axme.worker.outcomes.Reject: order 7 has no items
    """

    def __init__(self, message: str, *, code: str = "rejected", details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.details = details


class Retry(AxmeError):
    """Raised by a handler: this attempt failed; try again, not before ``after``.

    Without ``after`` the intent's own policy says when, as after any other exception.
    """

    def __init__(self, message: str, *, after: timedelta | None = None, code: str = "retry") -> None:
        if after is not None and after < timedelta(0):
            raise AxmeValueError(f"after must be a timedelta from 0 on, not {after!r}")
        super().__init__(message)
        self.code = code
        self.after = after


@dataclass(frozen=True, slots=True)
class Wait:
    """Returned by a handler: put the intent to sleep on disk; the handler is called again when the wait is over.

    Nothing of this process is kept: what must survive goes into ``keep``, which is there again as
    ``intent.checkpointed``.

    Example:
        >>> Wait.for_time(timedelta(hours=1)).wire()
        {'for': 'time', 'seconds': 3600.0}
    """

    _wire: dict[str, Any]
    keep: Mapping[str, Any] | None = None

    @classmethod
    def for_human(cls, task: Mapping[str, Any], *, keep: Mapping[str, Any] | None = None) -> Wait:
        """Until a person has answered ``task``, such as ``HumanTask.approval("Ship it?")``; also by a rejection."""
        if not isinstance(task, Mapping):
            raise AxmeValueError(f"for_human takes a human task, such as HumanTask.approval('…'), not {task!r}")
        return cls({"for": "human", "human_task": dict(task)}, keep)

    @classmethod
    def for_time(cls, when: timedelta | datetime, *, keep: Mapping[str, Any] | None = None) -> Wait:
        """For a while, or until a moment."""
        if isinstance(when, timedelta):
            if when < timedelta(0):
                raise AxmeValueError(f"a wait cannot end in the past: {when!r}")
            return cls({"for": "time", "seconds": when.total_seconds()}, keep)
        if not isinstance(when, datetime) or when.tzinfo is None:
            raise AxmeValueError(f"for_time takes a timedelta, or a datetime with a time zone, not {when!r}")
        return cls({"for": "time", "until": clock.to_text(when)}, keep)

    @classmethod
    def for_agent(
        cls,
        to: Any,
        intent_type: str,
        payload: Mapping[str, Any] | None = None,
        *,
        deadline: datetime | None = None,
        keep: Mapping[str, Any] | None = None,
    ) -> Wait:
        """Until another agent has done ``intent_type``: an intent of its own is sent to it.

        Args:
            to: an address, a bare name, or an ``Agent``.
            deadline: until when the other one may take.
        """
        address = to if isinstance(to, str) else to.address
        said: dict[str, Any] = {
            "for": "agent",
            "to": address,
            "intent_type": intent_type,
            "payload": dict(payload or {}),
        }
        if deadline is not None:
            said["deadline_at"] = clock.to_text(deadline)
        return cls(said, keep)

    def wire(self) -> dict[str, Any]:
        """The ``wait`` of the protocol."""
        return dict(self._wire)

    def __str__(self) -> str:
        if self._wire["for"] == "human":
            return f"waits for a person: “{self._wire['human_task'].get('title', 'a task')}”"
        if self._wire["for"] == "agent":
            return f"waits for {self._wire['to']}"
        return f"waits {self._wire['seconds']:g} s" if "seconds" in self._wire else f"waits until {self._wire['until']}"


@dataclass(frozen=True, slots=True)
class Done:
    """It is complete, with this result."""

    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """The attempt failed."""

    error: dict[str, Any]
    retryable: bool = True
    retry_after: float | None = None


Outcome = Done | Failed | Wait


def outcome_of(value: Any) -> Outcome:
    """What a handler's return value says."""
    if isinstance(value, Wait):
        return value
    if value is None:
        return Done()
    if isinstance(value, Mapping):
        return Done(dict(value))
    if isinstance(value, (str, int, float, bool, list, tuple)):
        return Done({"value": value})
    text = f"the handler returned {type(value).__name__}, which is no JSON: return a dict, or None"
    return Failed({"code": "bad_result", "message": text}, retryable=False)


def failure_of(error: BaseException, for_good: tuple[type[BaseException], ...] = ()) -> Failed:
    """What an exception of a handler says; those of ``for_good`` are not tried again."""
    said: dict[str, Any] = {
        "code": getattr(error, "code", None) if isinstance(error, (Reject, Retry)) else "handler_error",
        "message": str(error)[:_SHOWN_CHARS] or type(error).__name__,
    }
    if isinstance(error, Reject):
        return Failed(said | ({"details": dict(error.details)} if error.details else {}), retryable=False)
    if isinstance(error, Retry):
        return Failed(said, retry_after=None if error.after is None else error.after.total_seconds())
    asked = error.retry_after if isinstance(error, AxmeHttpError) else None
    return Failed(said | {"type": type(error).__name__}, not isinstance(error, for_good), asked)


def timed_out(seconds: float) -> Failed:
    """What a handler that did not come back in time amounts to."""
    return Failed({"code": "handler_timeout", "message": f"the handler did not return within {seconds:g} s"})
