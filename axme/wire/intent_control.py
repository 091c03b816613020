"""What is done with a live intent: end, wake and steer it (contract 2.10, 2.11 and 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.wire import _intent_body as bodies
from axme.wire._base import WireCalls


class IntentControlCalls(WireCalls):
    """The flat calls that end, wake and steer intents."""

    def resolve_intent(
        self,
        intent_id: str,
        payload: Mapping[str, Any],
        *,
        owner_agent: str | None = None,
        x_owner_agent: str | None = None,
        authorization: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """End an intent. ``POST /v1/intents/{intent_id}/resolve``

        Args:
            payload: ``status`` with what belongs to it: ``COMPLETED`` and ``result``, ``FAILED`` and ``error``,
                ``CANCELED`` and ``reason``.
            owner_agent: on whose behalf, as a query parameter; ``x_owner_agent`` says it as a header.
            authorization: an ``Authorization`` header for this call alone.

        Returns:
            ``{"ok": True, "intent": {…}, "event": {…}, "completion_delivery": {…}}``.

        Raises:
            AxmeTerminalError: it has ended before.
        """
        return self._steer(
            "resolve_intent",
            "resolve",
            intent_id,
            payload,
            owner_agent,
            x_owner_agent,
            authorization,
            idempotency_key,
            trace_id,
        )

    def resume_intent(
        self,
        intent_id: str,
        payload: Mapping[str, Any],
        *,
        policy_generation: int | None = None,
        owner_agent: str | None = None,
        x_owner_agent: str | None = None,
        authorization: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Wake an intent, with an answer or without. ``POST /v1/intents/{intent_id}/resume``

        Args:
            payload: a person's decision (``task_result``), an agent's result (``action`` or anything else), or control
                keys alone (contract 2.11).
            policy_generation: refuse when the policy is not of this generation any more.

        Returns:
            ``{"ok": True, "intent": {…}, "event": {…}}``.

        Raises:
            AxmeTerminalError: it has ended before.
            AxmeValidationError: the task does not allow this answer.
        """
        body = bodies.with_generation(payload, policy_generation)
        return self._steer(
            "resume_intent",
            "resume",
            intent_id,
            body,
            owner_agent,
            x_owner_agent,
            authorization,
            idempotency_key,
            trace_id,
        )

    def update_intent_controls(
        self,
        intent_id: str,
        payload: Mapping[str, Any],
        *,
        policy_generation: int | None = None,
        owner_agent: str | None = None,
        x_owner_agent: str | None = None,
        authorization: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Change timeouts, retries, reminders or the pause of a live intent. ``POST /v1/intents/{intent_id}/controls``

        Args:
            payload: ``{"controls": {…}}``, merged into what is there; ``None`` deletes a key (contract 2.10).
            policy_generation: refuse when the policy is not of this generation any more.

        Returns:
            ``{"ok": True, "policy_generation": …, "intent": {…}, "controls": {…}, "policy": {…}}``.

        Raises:
            AxmePolicyGenerationError: somebody else changed it first.
        """
        body = bodies.with_generation(payload, policy_generation)
        return self._steer(
            "update_intent_controls",
            "controls",
            intent_id,
            body,
            owner_agent,
            x_owner_agent,
            authorization,
            idempotency_key,
            trace_id,
        )

    def update_intent_policy(
        self,
        intent_id: str,
        payload: Mapping[str, Any],
        *,
        policy_generation: int | None = None,
        owner_agent: str | None = None,
        x_owner_agent: str | None = None,
        authorization: str | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Change the grants and limits of a live intent. ``POST /v1/intents/{intent_id}/policy``

        Args:
            payload: ``grants`` and ``envelope``, merged into what is there (contract 2.10).

        Returns:
            As :meth:`update_intent_controls`.

        Raises:
            AxmePolicyGenerationError: somebody else changed it first.
        """
        body = bodies.with_generation(payload, policy_generation)
        return self._steer(
            "update_intent_policy",
            "policy",
            intent_id,
            body,
            owner_agent,
            x_owner_agent,
            authorization,
            idempotency_key,
            trace_id,
        )

    def bulk_cancel_intents(
        self,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Cancel intents nobody touched for long; a rehearsal by default. ``POST /v1/intents/bulk-cancel``

        Args:
            payload: ``older_than_hours`` (24), ``dry_run`` (true), ``reason``, ``limit`` (500), ``status_filter``.

        Returns:
            ``{"ok": True, "dry_run": …, "would_cancel" or "canceled": …, "intent_ids": […]}``.
        """
        return self._call(
            "bulk_cancel_intents",
            "POST",
            "/v1/intents/bulk-cancel",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def _steer(
        self,
        operation: str,
        verb: str,
        intent_id: str,
        body: Mapping[str, Any],
        owner_agent: str | None,
        x_owner_agent: str | None,
        authorization: str | None,
        idempotency_key: str | None,
        trace_id: str | None,
    ) -> dict[str, Any]:
        return self._call(
            operation,
            "POST",
            f"/v1/intents/{{}}/{verb}",
            intent_id,
            json=body,
            query={"owner_agent": self._owner(owner_agent, x_owner_agent)},
            owner_agent=x_owner_agent,
            authorization=authorization,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
