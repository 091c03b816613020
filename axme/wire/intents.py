"""Intents: send and read them (contract 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire import _intent_body as bodies
from axme.wire._base import WireCalls, unexpected


class IntentAnswer(dict[str, Any]):
    """``{"ok": True, "intent": {…}}`` whose subscript also finds the fields of the intent: ``answer["payload"]``."""

    def __missing__(self, key: str) -> Any:
        intent = dict.get(self, "intent")
        if not isinstance(intent, dict):
            raise KeyError(key)
        return intent[key]


class IntentCalls(WireCalls):
    """The flat calls that send and read intents."""

    def create_intent(
        self,
        payload: Mapping[str, Any] | None = None,
        *,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
        intent_type: str | None = None,
        to_agent: str | None = None,
        from_agent: str | None = None,
        reply_to: str | None = None,
        human_task: Mapping[str, Any] | None = None,
        deadline_at: str | None = None,
        remind_after_seconds: int | None = None,
        remind_interval_seconds: int | None = None,
        max_reminders: int | None = None,
        escalate_to: str | None = None,
        max_delivery_attempts: int | None = None,
        ttl_seconds: int | None = None,
        wait_seconds: int | None = None,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        """Send an intent, once. ``POST /v1/intents``

        Either ``payload`` is the whole body, or ``intent_type`` and its companions are given as keywords and
        ``payload`` is the business data alone.

        Args:
            correlation_id: groups calls; made from the idempotency key, or anew, when neither names one.
            idempotency_key: the same key and the same intent bring the first answer back (contract 1.5).
            deadline_at: RFC 3339; past it the intent ends ``TIMED_OUT``.
            ttl_seconds: the same as a period from its acceptance, which has the last word; an extension of ours.
            remind_after_seconds: the first reminder to a person who holds the intent, in seconds.
            remind_interval_seconds: the time between further reminders, in seconds.
            max_reminders: after so many the intent goes to ``escalate_to``.

            wait_seconds: have the gateway hold its answer until the intent has ended, for so many seconds (0 to 60) at
                most; an extension of ours, that others pass over. A held answer says ``waited`` and has the ``intent``.
            timeout: seconds for the whole call; the configuration's, besides the wait, when ``None``.

        Returns:
            ``{"ok": True, "intent_id": …, "status": …, "created_at": …, "policy_generation": 0}``.

        Raises:
            AxmeValueError: both forms at once, or two different correlation ids.
            AxmeIdempotencyError: the key was used with another intent.
            AxmeValidationError: the server refuses the intent; ``error.details`` says where.

        Example:
            >>> client.create_intent({"intent_type": "order.v1", "to_agent": "shop"})["intent_id"]  # doctest: +SKIP
        """
        keywords = {
            "intent_type": intent_type,
            "to_agent": to_agent,
            "from_agent": from_agent,
            "reply_to": reply_to,
            "human_task": human_task,
            "deadline_at": deadline_at,
            "remind_after_seconds": remind_after_seconds,
            "remind_interval_seconds": remind_interval_seconds,
            "max_reminders": max_reminders,
            "escalate_to": escalate_to,
            "max_delivery_attempts": max_delivery_attempts,
            "ttl_seconds": ttl_seconds,
        }
        body, correlation = bodies.with_correlation(
            bodies.create_body(payload, keywords), correlation_id, idempotency_key
        )
        return self._call(
            "create_intent",
            "POST",
            "/v1/intents",
            json=body,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
            correlation_id=bodies.as_header(correlation),
            query={"wait_seconds": wait_seconds},
            timeout=self.config.timeout + wait_seconds if wait_seconds and timeout is None else timeout,
            held=wait_seconds or 0.0,
        )

    def send_intent(
        self,
        payload: Mapping[str, Any],
        *,
        correlation_id: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> str:
        """Send an intent and return its id. ``POST /v1/intents``; arguments and errors as of :meth:`create_intent`."""
        answer = self.create_intent(
            payload, correlation_id=correlation_id, idempotency_key=idempotency_key, trace_id=trace_id
        )
        intent_id = answer.get("intent_id")
        if not isinstance(intent_id, str) or not intent_id:
            raise unexpected("send_intent", "it holds no intent_id")
        return intent_id

    def get_intent(self, intent_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """One intent. ``GET /v1/intents/{intent_id}``

        Returns:
            ``{"ok": True, "intent": {…}}``; ``answer["payload"]`` finds ``answer["intent"]["payload"]``.

        Raises:
            AxmeNotFoundError: there is none with this id, or not for this caller.
        """
        return IntentAnswer(self._call("get_intent", "GET", "/v1/intents/{}", intent_id, trace_id=trace_id))

    def list_intents(
        self,
        *,
        status: str | None = None,
        limit: int | None = None,
        intent_type: str | None = None,
        to_agent: str | None = None,
        from_agent: str | None = None,
        correlation_id: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Intents the caller may see, the newest first. ``GET /v1/intents``

        Args:
            status: one status, several separated by commas, or ``pending``; either vocabulary.
            limit: at most so many, 1 to 1000; the server's default is 50.

        Returns:
            ``{"ok": True, "intents": […]}``.
        """
        query = {
            "status": status,
            "limit": limit,
            "intent_type": intent_type,
            "to_agent": to_agent,
            "from_agent": from_agent,
            "correlation_id": correlation_id,
        }
        return self._call("list_intents", "GET", "/v1/intents", query=query, trace_id=trace_id)
