"""Claims: what workers take out of an agent's deliveries, under a lease. An extension of this gateway's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axme.transport import Cancel
from axme.wire._base import WireCalls

#: A long poll may take this much longer than it waits.
_GRACE_SECONDS = 15.0


class ClaimCalls(WireCalls):
    """The flat calls of workers. A call by a claim that is not the living one raises ``AxmeClaimLostError``."""

    def claim_deliveries(
        self,
        address: str,
        payload: Mapping[str, Any],
        *,
        cancel: Cancel | None = None,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Take open deliveries of an agent, the oldest first. ``POST /v1/agents/{address}/claims``

        With ``settle``, claims are ended before: as many as you like in one request, each judged by itself. Such a
        request is answered at once. Whoever settles a claim again in the same words gets the same answer, whatever
        else is in the request. ``agents.exchange`` in the capabilities tells of it.

        Args:
            payload: ``worker_id``; ``limit``, 0 to 100 (1); ``lease_seconds``, 5 to 3600 (30); ``wait_seconds``, 0 to
                30 (0), for the first delivery if there is none; ``settle``, up to 100 of
                ``{"claim_id": …, "kind": …}`` with what :meth:`complete_claim`, :meth:`fail_claim` or
                :meth:`suspend_claim` takes; ``kind`` is ``complete``, ``fail``, ``suspend`` or ``release``.
            cancel: ends the wait from another thread, with ``AxmeClosedError``.

        Returns:
            ``{"ok": True, "lease_seconds": …, "claims": [{"claim_id": …, "attempt": …, "intent": {…}, …}]}``; where
            claims were settled also ``"settled": [{"claim_id": …, "ok": True, "status": "COMPLETED"}, …]`` in their
            order, with ``"ok": False``, ``status_code`` and ``error`` for what was refused.
        """
        held = float(payload.get("wait_seconds", 0))
        return self._call(
            "claim_deliveries",
            "POST",
            "/v1/agents/{}/claims",
            address,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
            timeout=held + _GRACE_SECONDS,
            held=held,
            cancel=cancel,
        )

    def renew_claims(
        self, payload: Mapping[str, Any], *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Keep claims for another lease. ``POST /v1/claims/renew``

        Args:
            payload: ``claim_ids``, and ``lease_seconds`` to change it.

        Returns:
            ``{"ok": True, "renewed": [{"claim_id": …, "lease_expires_at": …}], "lost": [{"claim_id": …, …}]}``.
        """
        return self._call(
            "renew_claims",
            "POST",
            "/v1/claims/renew",
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )

    def report_claim_progress(
        self,
        claim_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Tell the intent's observers how far it is. ``POST /v1/claims/{claim_id}/progress``

        Args:
            payload: ``message``; ``percent``, 0 to 100; ``data``.
        """
        return self._say("report_claim_progress", "progress", claim_id, payload, idempotency_key, trace_id)

    def checkpoint_claim(
        self,
        claim_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Keep ``data`` for the next claim of the intent. ``POST /v1/claims/{claim_id}/checkpoint``"""
        return self._say("checkpoint_claim", "checkpoint", claim_id, payload, idempotency_key, trace_id)

    def complete_claim(
        self,
        claim_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """End the intent ``COMPLETED`` with ``result``. ``POST /v1/claims/{claim_id}/complete``"""
        return self._say("complete_claim", "complete", claim_id, payload, idempotency_key, trace_id)

    def fail_claim(
        self,
        claim_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Say that this attempt failed. ``POST /v1/claims/{claim_id}/fail``

        Args:
            payload: ``error``; ``retryable`` (true): otherwise the intent ends ``FAILED``; ``retry_after_seconds``.
        """
        return self._say("fail_claim", "fail", claim_id, payload, idempotency_key, trace_id)

    def suspend_claim(
        self,
        claim_id: str,
        payload: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> dict[str, Any]:
        """Let the intent wait, and be claimed again afterwards. ``POST /v1/claims/{claim_id}/suspend``

        Args:
            payload: ``wait``, for a ``human``, a ``time`` or an ``agent``; ``checkpoint`` to keep meanwhile.
        """
        return self._say("suspend_claim", "suspend", claim_id, payload, idempotency_key, trace_id)

    def release_claim(
        self, claim_id: str, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> dict[str, Any]:
        """Give it back; no attempt is counted. ``POST /v1/claims/{claim_id}/release``"""
        return self._say("release_claim", "release", claim_id, {}, idempotency_key, trace_id)

    def list_intent_attempts(self, intent_id: str, *, trace_id: str | None = None) -> dict[str, Any]:
        """What the workers of an intent have tried. ``GET /v1/intents/{intent_id}/attempts``

        Returns:
            ``{"ok": True, "attempts": [{"attempt": 1, "worker_id": …, "outcome": "failed", "error": {…}, …}]}``.

        Raises:
            AxmeNotFoundError: there is none with this id, or not for this caller.
        """
        return self._call("list_intent_attempts", "GET", "/v1/intents/{}/attempts", intent_id, trace_id=trace_id)

    def _say(
        self,
        operation: str,
        verb: str,
        claim_id: str,
        payload: Mapping[str, Any],
        idempotency_key: str | None,
        trace_id: str | None,
    ) -> dict[str, Any]:
        return self._call(
            operation,
            "POST",
            f"/v1/claims/{{}}/{verb}",
            claim_id,
            json=payload,
            idempotency_key=idempotency_key,
            trace_id=trace_id,
        )
