"""A worker that serves while all around it dies, and what it was told of its results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from axme import AxmeClientConfig, AxmeError, ClaimedIntent
from axme.client import AxmeClient
from axme.contract.statuses import is_terminal
from tests.chaos.checker import Op
from tests.chaos.harness.places import Place

#: Whom it serves.
CREW = "crew"


class Serving:
    """``agent.worker`` on one node: its results go together, and what is cut goes again.

    Args:
        note: called with each result, and what became of it.
    """

    def __init__(self, place: Place, note: Callable[[Op], None]) -> None:
        with place.client() as client:
            agent = client.agents.create(CREW)
            self._client = _Telling(client.config, note)
        served = self._client.agents.handle(agent.address)
        self._worker = served.worker(_handle, concurrency=4, lease=timedelta(seconds=5))
        self._worker.__enter__()
        self.sent: list[str] = []

    def is_done(self) -> bool:
        """Whether what was sent last has ended."""
        return all(is_terminal(self._client.get_intent(one)["status"]) for one in self.sent[-20:])

    def close(self) -> None:
        """Let it leave in good order."""
        self._worker.__exit__(None, None, None)
        self._client.close()


def _handle(intent: ClaimedIntent) -> dict[str, Any]:
    return {"mark": intent.payload["mark"]}


class _Telling(AxmeClient):
    """A client that tells of each result, whether it was accepted."""

    def __init__(self, config: AxmeClientConfig, note: Callable[[Op], None]) -> None:
        super().__init__(config)
        self._note = note

    def claim_deliveries(self, address: str, payload: Mapping[str, Any], **how: Any) -> dict[str, Any]:
        settle = payload.get("settle", [])
        try:
            answer = super().claim_deliveries(address, payload, **how)
        except AxmeError as error:
            for one in settle:
                self._tell(one, getattr(error, "outcome", "unknown"))
            raise
        for one, said in zip(settle, answer.get("settled", ()), strict=True):
            self._tell(one, "ok" if said["ok"] else "rejected")
        return answer

    def _tell(self, one: Mapping[str, Any], outcome: Any) -> None:
        if one["kind"] == "complete":
            asked = {"result": one["result"]}
            self._note(Op("finish", outcome, one["claim_id"], _intent_of(one["claim_id"]), asked=asked))


def _intent_of(claim_id: str) -> str:
    """``clm_<hex>_…`` names its intent."""
    digits = claim_id.split("_")[1]
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
