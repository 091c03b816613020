"""One intent as an object (contract 2 and 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from axme.contract.statuses import IntentStatus, WaitingReason, is_terminal
from axme.exceptions import (
    AxmeIntentCanceledError,
    AxmeIntentError,
    AxmeIntentFailedError,
    AxmeIntentTimedOutError,
    AxmeValueError,
)
from axme.resources._following import advanced, known_seq
from axme.resources.attempts import Tried
from axme.resources.base import short
from axme.resources.collections import Page, page
from axme.resources.decisions import Decision
from axme.resources.explaining import Explainable
from axme.resources.fields import field, optional
from axme.resources.intent_events import IntentEvent
from axme.resources.steering import Steering
from axme.resources.steps import Steps
from axme.resources.streams import ObjectStream
from axme.resources.watching import Watched

if TYPE_CHECKING:
    from marshmallow import Schema

_ENDINGS: dict[IntentStatus, type[AxmeIntentError]] = {
    IntentStatus.FAILED: AxmeIntentFailedError,
    IntentStatus.CANCELED: AxmeIntentCanceledError,
    IntentStatus.TIMED_OUT: AxmeIntentTimedOutError,
}
#: What a new attempt takes over from the intent it repeats.
_REPEATED = (
    "intent_type",
    "to_agent",
    "payload",
    "reply_to",
    "human_task",
    "remind_after_seconds",
    "remind_interval_seconds",
    "max_reminders",
    "escalate_to",
    "max_delivery_attempts",
)


#: What is shown first of one, and what is shown in other words.
_TOLD_FIRST = ("intent_type", "status", "waits_for", "asks", "to_agent", "from_agent", "payload", "result", "error")
_TOLD_ELSEWHERE = frozenset({"pending_with", "human_task", "policy", "waiting_reason"})


class Intent(Steering, Explainable, Tried, Watched):
    """One durable request, from ``CREATED`` to a terminal status.

    Example:
        >>> intent = client.intents.create("order.v1", to="shop", payload={"order": 7})  # doctest: +SKIP
        >>> intent.wait(timeout=60).result  # doctest: +SKIP
    """

    __slots__ = ()
    _ID = "intent_id"
    _KEY = "intent"
    _COLUMNS = ("intent_type", "status", "waits_for", "to_agent", "created_at", "updated_at")

    intent_type = field("intent_type", str)
    status = field("status", IntentStatus)
    payload = field("payload", dict[str, Any])
    from_agent = field("from_agent", str)
    to_agent = field("to_agent", str)
    correlation_id = field("correlation_id", str)
    created_at = field("created_at", datetime)
    updated_at = optional("updated_at", datetime)
    seq = optional("seq", int)
    waiting_reason = optional("waiting_reason", WaitingReason)
    pending_with = optional("pending_with", dict[str, Any])
    handler = optional("handler", str)
    human_task = optional("human_task", dict[str, Any])
    result = optional("result", dict[str, Any])
    error = optional("error", dict[str, Any])
    reason = optional("reason", str)
    reply_to = optional("reply_to", str)
    deadline_at = optional("deadline_at", datetime)
    remind_after_seconds = optional("remind_after_seconds", int)
    remind_interval_seconds = optional("remind_interval_seconds", int)
    max_reminders = optional("max_reminders", int)
    remind_count = optional("remind_count", int)
    next_reminder_at = optional("next_reminder_at", datetime)
    escalate_to = optional("escalate_to", str)
    max_delivery_attempts = optional("max_delivery_attempts", int)
    delivery_attempt = optional("delivery_attempt", int)
    paused = optional("paused", bool)
    controls = optional("controls", dict[str, Any])
    policy = optional("workflow_control_policy", dict[str, Any])
    policy_generation = optional("policy_generation", int)
    scenario_id = optional("scenario_id", str)
    parent_intent_id = optional("parent_intent_id", str)
    step_id = optional("step_id", str)
    next_wakeup_at = optional("next_wakeup_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.intents import IntentInFull as Shape

        return Shape

    @property
    def is_terminal(self) -> bool:
        """Whether it has ended, as far as this snapshot knows."""
        return self.status.is_terminal

    @property
    def decision(self) -> Decision | None:
        """What a person decided: outcome, comment, data, by whom and when; ``None`` while nobody has."""
        return Decision.of(self.result)

    @property
    def steps(self) -> Steps:
        """The steps of the scenario it leads, as of this snapshot; none where it leads no scenario."""
        raw = self._fetched(self._snapshot).raw
        if "steps" not in raw and "compile_id" in raw:
            # The answer to a verb does not tell of them.
            raw = self.refresh()._snapshot.raw
        return Steps(raw.get("steps", ()))

    # ---- following -------------------------------------------------------------------------------------------------

    def observe(self, *, since: int = 0, timeout: float | None = None) -> ObjectStream[IntentEvent]:
        """Its events as they happen, up to the terminal one. ``GET /v1/intents/{intent_id}/events/stream``

        While they are read, this object's own status moves forward with them.

        Args:
            since: the ``seq`` of the last event already known.
            timeout: end with ``AxmeTimeoutError`` after so many seconds; ``None`` waits for the end.

        Raises:
            AxmeTimeoutError: while iterating, past ``timeout``.

        Example:
            >>> for event in intent.observe(timeout=60):  # doctest: +SKIP
            ...     print(event.seq, event.status)
        """
        return ObjectStream(self._api.observe(self.id, since=since, timeout_seconds=timeout), self._advance)

    def events(self, *, since: int | None = None) -> Page[IntentEvent]:
        """Its events up to now. ``GET /v1/intents/{intent_id}/events``"""
        return page(self._api.list_intent_events(self.id, since=since), "events", IntentEvent, what="events")

    def wait(self, timeout: float | None = None, *, raise_on_failure: bool = False, progress: bool = False) -> Self:
        """Wait until it has ended, and bring this object up to date. ``GET /v1/intents/{intent_id}/events/stream``

        Args:
            timeout: seconds; ``None`` waits for the end. A human task may take days.
            raise_on_failure: raise when it ended other than ``COMPLETED``.
            progress: show how it stands meanwhile, as :meth:`watch` does.

        Returns:
            This intent.

        Raises:
            AxmeTimeoutError: it has not ended in time; it goes on living. Also a ``TimeoutError``.
            AxmeIntentFailedError, AxmeIntentCanceledError, AxmeIntentTimedOutError: see ``raise_on_failure``.
        """
        seen = self._snapshot.raw
        if not is_terminal(str(seen.get("status", ""))):
            if progress:
                self._look_on(timeout, stop_quietly=False)
            else:
                self._api.wait_for(self.id, since=known_seq(seen), timeout_seconds=timeout)
        self.refresh()
        return self._or_raise() if raise_on_failure else self

    # ---- ending ----------------------------------------------------------------------------------------------------

    def resolve(
        self,
        status: IntentStatus | str,
        *,
        result: Mapping[str, Any] | None = None,
        error: Mapping[str, Any] | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> Self:
        """End it for good. ``POST /v1/intents/{intent_id}/resolve``

        Args:
            status: ``COMPLETED`` with ``result``, ``FAILED`` with ``error``, or ``CANCELED`` with ``reason``.

        Returns:
            This intent, ended.

        Raises:
            AxmeTerminalError: it has ended before.
            AxmePermissionError: this is not for the caller to decide.
        """
        said = {"status": str(status), "result": result, "error": error, "reason": reason}
        body = {name: value for name, value in said.items() if value is not None}
        return self._absorb(self._api.resolve_intent(self.id, body, idempotency_key=idempotency_key))

    def complete(self, result: Mapping[str, Any] | None = None, *, idempotency_key: str | None = None) -> Self:
        """End it ``COMPLETED``. ``POST /v1/intents/{intent_id}/resolve``; answer and errors as of :meth:`resolve`."""
        return self.resolve(
            IntentStatus.COMPLETED, result={} if result is None else result, idempotency_key=idempotency_key
        )

    def fail(self, error: Mapping[str, Any] | str, *, idempotency_key: str | None = None) -> Self:
        """End it ``FAILED``. ``POST /v1/intents/{intent_id}/resolve``; a text becomes ``{"message": text}``."""
        said = {"message": error} if isinstance(error, str) else error
        return self.resolve(IntentStatus.FAILED, error=said, idempotency_key=idempotency_key)

    def cancel(self, reason: str = "canceled by the caller", *, idempotency_key: str | None = None) -> Self:
        """End it ``CANCELED``. ``POST /v1/intents/{intent_id}/resolve``; answer and errors as of :meth:`resolve`."""
        return self.resolve(IntentStatus.CANCELED, reason=reason, idempotency_key=idempotency_key)

    def decide(
        self,
        outcome: str,
        *,
        comment: str | None = None,
        data: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Self:
        """Answer its human task (contract 3.3). ``POST /v1/intents/{intent_id}/resume``

        Args:
            outcome: one of the task's outcomes, such as ``approved``.
            data: the fields of a form, or ``{"evidence": …}``.

        Raises:
            AxmeValidationError: the task does not allow this answer, or misses a comment, evidence or a field.
            AxmeConflictError: no person is asked any more.
        """
        said = {"outcome": outcome, "comment": comment, "data": data}
        body = {"task_result": {name: value for name, value in said.items() if value is not None}}
        return self._absorb(self._api.resume_intent(self.id, body, idempotency_key=idempotency_key))

    # ---- steering --------------------------------------------------------------------------------------------------

    def resume(self, result: Mapping[str, Any] | None = None, *, idempotency_key: str | None = None) -> Self:
        """Set it to work: out of a pause, and out of any waiting. ``POST /v1/intents/{intent_id}/resume``

        A person who was asked is asked no more: answer a human task with :meth:`decide`.

        Args:
            result: what it waited for; it completes with this (contract 2.11). Without, work just goes on.

        Raises:
            AxmeTerminalError: it has ended.
        """
        return self._absorb(
            self._api.resume_intent(self.id, {} if result is None else result, idempotency_key=idempotency_key)
        )

    def retry(self, *, idempotency_key: str | None = None) -> Intent:
        """Send it again as a new intent, after it failed, was canceled or timed out. ``POST /v1/intents``

        The new intent has its type, recipient, payload, human task and reminders; its correlation id and deadline not.

        Returns:
            The new intent; this one stays as it ended.

        Raises:
            AxmeValueError: it is still alive, or it completed.
        """
        if self.status not in _ENDINGS:
            self.refresh()
        if self.status not in _ENDINGS:
            raise AxmeValueError(f"intent {self.id} is {self.status}: only one that did not succeed can be sent again")
        full = self._fetched(self._snapshot).raw
        body = {name: full[name] for name in _REPEATED if full.get(name) is not None}
        return Intent._from(self._api, self._api.create_intent(body, idempotency_key=idempotency_key), complete=False)

    # ---- inside ----------------------------------------------------------------------------------------------------

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_intent(self.id)

    def _advance(self, event: dict[str, Any]) -> IntentEvent:
        self._snapshot = advanced(self._snapshot, event)
        return IntentEvent(event)

    def _or_raise(self) -> Self:
        """This intent, unless it ended other than ``COMPLETED``."""
        if self.status in _ENDINGS:
            raise _ENDINGS[self.status](f"intent {self.id} ended {self.status}: {self._said_why()}", self)
        return self

    def _said_why(self) -> str:
        error = self._snapshot.raw.get("error")
        message = error.get("message") if isinstance(error, dict) else None
        return str(message or self._seen("reason") or "no reason was given")

    def _glimpse(self) -> dict[str, Any]:
        known = super()._glimpse()
        holder, task = known.get("pending_with"), known.get("human_task")
        told = {
            "waits_for": holder.get("name") or holder.get("ref") if isinstance(holder, dict) else None,
            "asks": task.get("title") if isinstance(task, dict) else None,
        }
        known = {name: known.get(name) or None for name in _TOLD_FIRST} | told | known
        # What is nothing yet, and the policy in full, are for those who ask.
        return {name: item for name, item in known.items() if item and name not in _TOLD_ELSEWHERE}

    def _summary(self) -> str:
        holder = self._snapshot.raw.get("pending_with")
        waits = (
            f"for {holder.get('type', '?')}" if isinstance(holder, dict) and self._seen("status") == "WAITING" else ""
        )
        return " ".join(filter(None, (short(self.id), self._seen("status"), waits)))
