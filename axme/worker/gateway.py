"""Work from a gateway that knows claims."""

from __future__ import annotations

from math import ceil
from typing import Any

from axme.exceptions import AxmeClaimLostError
from axme.transport import Cancel
from axme.wire import FlatCalls
from axme.worker.claim import Claim
from axme.worker.outcomes import Done, Failed, Outcome

#: How long one question for work stays open. Longer would only make it harder to see that a connection is dead.
WAIT_SECONDS = 20
MOST_AT_ONCE = 100


class GatewaySource:
    """Claims over HTTP; see :class:`~axme.worker.claim.Source`."""

    def __init__(self, client: FlatCalls, address: str, worker_id: str, lease: float) -> None:
        self.lease: float | None = lease
        self._client = client
        self._address = address
        self._worker_id = worker_id
        self._lease_seconds = ceil(lease)
        self._stopped = Cancel()

    def take(self, limit: int) -> list[Claim]:
        """``POST /v1/agents/{address}/claims``"""
        body = {
            "worker_id": self._worker_id,
            "limit": min(limit, MOST_AT_ONCE),
            "lease_seconds": self._lease_seconds,
            "wait_seconds": WAIT_SECONDS,
        }
        answer = self._client.claim_deliveries(self._address, body, cancel=self._stopped)
        return [_claim(raw) for raw in answer["claims"]]

    def renew(self, ids: list[str]) -> dict[str, str]:
        """``POST /v1/claims/renew``"""
        answer = self._client.renew_claims({"claim_ids": ids, "lease_seconds": self._lease_seconds})
        return {gone["claim_id"]: gone["message"] for gone in answer["lost"]}

    def settle(self, claim: Claim, outcome: Outcome, key: str, trace_id: str | None) -> None:
        """``POST /v1/claims/{claim_id}/complete``, ``…/fail`` or ``…/suspend``"""
        if isinstance(outcome, Done):
            self._client.complete_claim(claim.id, {"result": outcome.result}, idempotency_key=key, trace_id=trace_id)
        elif isinstance(outcome, Failed):
            said: dict[str, Any] = {"error": outcome.error, "retryable": outcome.retryable}
            if outcome.retry_after is not None:
                said["retry_after_seconds"] = outcome.retry_after
            self._client.fail_claim(claim.id, said, idempotency_key=key, trace_id=trace_id)
        else:
            said = {"wait": outcome.wire()} | ({} if outcome.keep is None else {"checkpoint": dict(outcome.keep)})
            self._client.suspend_claim(claim.id, said, idempotency_key=key, trace_id=trace_id)

    def release(self, claim: Claim) -> None:
        """``POST /v1/claims/{claim_id}/release``"""
        try:
            self._client.release_claim(claim.id)
        except AxmeClaimLostError:
            pass

    def progress(self, claim: Claim, said: dict[str, Any]) -> None:
        """``POST /v1/claims/{claim_id}/progress``"""
        self._client.report_claim_progress(claim.id, said)

    def checkpoint(self, claim: Claim, data: dict[str, Any]) -> None:
        """``POST /v1/claims/{claim_id}/checkpoint``"""
        self._client.checkpoint_claim(claim.id, {"data": data})

    def stop(self) -> None:
        """Close the connection of the question for work that is open."""
        self._stopped()


def _claim(raw: dict[str, Any]) -> Claim:
    return Claim(
        id=raw["claim_id"],
        intent=raw["intent"],
        attempt=raw["attempt"],
        checkpoint=raw.get("checkpoint"),
        resumed=raw.get("resumed"),
    )
