"""Results that go together: what piles up while a request is under way is the next request, and brings new work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axme.contract import jsontext
from axme.contract.limits import MOST_SETTLED
from axme.exceptions import AxmeError, AxmeHttpError, AxmeValueError
from axme.transport.failures import http_error
from axme.wire import FlatCalls
from axme.worker.claim import Claim
from axme.worker.gateway import GatewaySource, claim_of, said_of
from axme.worker.line import Line, Place
from axme.worker.outcomes import Outcome

#: A larger one goes by itself; all together stay well below what a request may hold.
_LARGE = 32 * 1024
_MOST_BYTES = 4 * _LARGE
_BROKEN = 500


class ExchangeSource(GatewaySource):
    """Claims over HTTP, from a gateway that settles many at once; see :class:`~axme.worker.claim.Source`.

    A result that comes while no other is on its way leaves at once, by the thread that brings it. Those that come
    meanwhile wait for that one answer, and the first of them then sends them all. No thread stands in between, and no
    clock: the busier the gateway, the more go together.

    Args:
        put: takes over the claims that came along; it raises nothing.
    """

    def __init__(
        self,
        client: FlatCalls,
        address: str,
        worker_id: str,
        lease: float,
        put: Callable[[list[Claim]], None],
    ) -> None:
        super().__init__(client, address, worker_id, lease)
        self._put = put
        self._line = Line(MOST_SETTLED, _MOST_BYTES)
        #: Whether some gateway behind this address does not know how.
        self._singly = False

    def settle(self, claim: Claim, outcome: Outcome, key: str, trace_id: str | None, room: int = 0) -> None:
        """``POST /v1/agents/{address}/claims``, with ``settle``. Said again, it is answered again."""
        kind, said = said_of(outcome)
        place = Place({"claim_id": claim.id, "kind": kind} | said, trace_id, room)
        place.size = _size(place.said)
        if self._singly or place.size > _LARGE:
            super().settle(claim, outcome, key, trace_id)
            return
        self._line.join(place)
        if place.answer is None:
            self._send()
        if isinstance(place.answer, Exception):
            raise place.answer
        if not place.answer:
            super().settle(claim, outcome, key, trace_id)

    def _send(self) -> None:
        """Send what stands in line, and tell everybody what became of it: ``True``, an error, or to go alone."""
        batch = self._line.take()
        answer: Any = AxmeError("it was not sent")
        try:
            answer = self._ask(batch)
        except Exception as error:
            # What was refused as a whole, each of them hears for itself.
            alone = isinstance(error, AxmeHttpError) and (not error.retryable or error.status_code == _BROKEN)
            answer = False if alone else error
        finally:
            for number, place in enumerate(batch):
                place.answer = answer[number] if isinstance(answer, list) else answer
            self._line.leave(batch)

    def _ask(self, batch: list[Place]) -> Any:
        room = 0 if self.stopped else sum(place.room for place in batch)
        body = self._asking(room, 0) | {"settle": [place.said for place in batch]}
        trace_id = batch[0].trace_id if len(batch) == 1 else None
        answer = self._client.claim_deliveries(self._address, body, trace_id=trace_id)
        self._put([claim_of(raw) for raw in answer["claims"]])
        if "settled" not in answer:
            self._singly = True
            return False
        return [_verdict(one) for _, one in zip(batch, answer["settled"], strict=True)]


def _verdict(said: dict[str, Any]) -> Any:
    return True if said["ok"] else http_error(said["status_code"], {"error": said["error"]})


def _size(said: dict[str, Any]) -> int:
    try:
        return len(jsontext.dumps(said).encode())
    except jsontext.JsonError as error:
        raise AxmeValueError(f"the outcome cannot be sent: {error}") from None
