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
        self._cancel = Cancel()
        #: Whether nothing new is wanted.
        self.stopped = False

    def take(self, limit: int) -> list[Claim]:
        """``POST /v1/agents/{address}/claims``"""
        body = self._asking(limit, WAIT_SECONDS)
        answer = self._client.claim_deliveries(self._address, body, cancel=self._cancel)
        return [claim_of(raw) for raw in answer["claims"]]

    def renew(self, ids: list[str]) -> dict[str, str]:
        """``POST /v1/claims/renew``"""
        answer = self._client.renew_claims({"claim_ids": ids, "lease_seconds": self._lease_seconds})
        return {gone["claim_id"]: gone["message"] for gone in answer["lost"]}

    def settle(self, claim: Claim, outcome: Outcome, key: str, trace_id: str | None, room: int = 0) -> None:
        """``POST /v1/claims/{claim_id}/complete``, ``…/fail`` or ``…/suspend``"""
        kind, said = said_of(outcome)
        match kind:
            case "complete":
                self._client.complete_claim(claim.id, said, idempotency_key=key, trace_id=trace_id)
            case "fail":
                self._client.fail_claim(claim.id, said, idempotency_key=key, trace_id=trace_id)
            case _:
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
        self.stopped = True
        self._cancel()

    def _asking(self, limit: int, wait_seconds: int) -> dict[str, Any]:
        return {
            "worker_id": self._worker_id,
            "limit": min(limit, MOST_AT_ONCE),
            "lease_seconds": self._lease_seconds,
            "wait_seconds": wait_seconds,
        }


def said_of(outcome: Outcome) -> tuple[str, dict[str, Any]]:
    """How an outcome ends a claim, and what the request of that kind says."""
    if isinstance(outcome, Done):
        return "complete", {"result": outcome.result}
    if isinstance(outcome, Failed):
        said: dict[str, Any] = {"error": outcome.error, "retryable": outcome.retryable}
        return "fail", said | ({} if outcome.retry_after is None else {"retry_after_seconds": outcome.retry_after})
    kept = {} if outcome.keep is None else {"checkpoint": dict(outcome.keep)}
    return "suspend", {"wait": outcome.wire()} | kept


def claim_of(raw: dict[str, Any]) -> Claim:
    """A claim as the gateway tells it."""
    return Claim(
        id=raw["claim_id"],
        intent=raw["intent"],
        attempt=raw["attempt"],
        checkpoint=raw.get("checkpoint"),
        resumed=raw.get("resumed"),
    )
