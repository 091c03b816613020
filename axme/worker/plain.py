"""Work from a server without claims: listen, handle, resolve."""

from __future__ import annotations

import threading
from typing import Any

from axme.contract.statuses import is_terminal
from axme.streaming import EventStream
from axme.wire import FlatCalls
from axme.worker.claim import Claim
from axme.worker.outcomes import Done, Failed, Outcome

_NO_WAIT = {
    "code": "no_claims",
    "message": "the handler asked to wait, which this server cannot do: it knows no claims",
}


class PlainSource:
    """Deliveries as a stream; see :class:`~axme.worker.claim.Source`. Nothing is leased, retried or suspended here."""

    lease: float | None = None

    def __init__(self, client: FlatCalls, address: str) -> None:
        self._client = client
        self._stream: EventStream = client.listen(address)
        self._held: set[str] = set()
        self._lock = threading.Lock()

    def take(self, limit: int) -> list[Claim]:
        """The next delivery of the stream whose intent is open and not in hand."""
        delivery = next(self._stream, None)
        if delivery is None:
            return []
        intent_id = delivery["intent_id"]
        with self._lock:
            if intent_id in self._held:
                return []
            self._held.add(intent_id)
        try:
            answer = self._client.get_intent(intent_id)
            intent: dict[str, Any] = answer.get("intent", answer)
        except BaseException:
            self._drop(intent_id)
            raise
        if is_terminal(str(intent.get("status", ""))):
            self._drop(intent_id)
            return []
        return [Claim(id=intent_id, intent=intent)]

    def renew(self, ids: list[str]) -> dict[str, str]:
        """Nothing is ever lost here."""
        return {}

    def settle(self, claim: Claim, outcome: Outcome, key: str, trace_id: str | None, room: int = 0) -> None:
        """``POST /v1/intents/{intent_id}/resolve``"""
        if isinstance(outcome, Done):
            body: dict[str, Any] = {"status": "COMPLETED", "result": outcome.result}
        else:
            body = {"status": "FAILED", "error": outcome.error if isinstance(outcome, Failed) else _NO_WAIT}
        try:
            self._client.resolve_intent(claim.intent_id, body, idempotency_key=key, trace_id=trace_id)
        finally:
            self._drop(claim.intent_id)

    def release(self, claim: Claim) -> None:
        """It stays open; the next listener is sent it again."""
        self._drop(claim.intent_id)

    def progress(self, claim: Claim, said: dict[str, Any]) -> None:
        """There is nobody to tell."""

    def checkpoint(self, claim: Claim, data: dict[str, Any]) -> None:
        """There is nowhere to keep it."""

    def stop(self) -> None:
        """Close the stream."""
        self._stream.close()

    def _drop(self, intent_id: str) -> None:
        with self._lock:
            self._held.discard(intent_id)
