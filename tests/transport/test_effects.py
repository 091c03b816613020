"""One logical call has at most one effect, whatever happens to its bytes, and a failure tells the truth about it."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from axme.exceptions import AxmeHttpError, AxmeTransportError
from axme.transport import Call, Transport
from tests.transport.rawserver import Handler, Peer, RawServer, answer

FAULTS = 12


class Shop:
    """A server with one effect per key, as the gateway has, and a fault at a random place of each exchange."""

    def __init__(self, seed: int, rate: float) -> None:
        self.effects: Counter[str] = Counter()
        self.keys_seen: Counter[str] = Counter()
        self.answered: set[str] = set()
        self._answers: dict[str, bytes] = {}
        self._random = random.Random(seed)
        self._rate = rate
        self._lock = threading.Lock()

    def __call__(self, peer: Peer) -> None:
        while self._before(peer) and (request := peer.request()):
            key = request.fields["idempotency-key"]
            with self._lock:
                self.keys_seen[key] += 1
                fault = self._random.randrange(FAULTS) if self._random.random() < self._rate else -1
            if not self._serve(peer, key, fault):
                return

    def _before(self, peer: Peer) -> bool:
        with self._lock:
            hang_up = self._random.random() < self._rate / 3
        if hang_up:
            peer.reset()
        return not hang_up

    def _serve(self, peer: Peer, key: str, fault: int) -> bool:
        if fault == 0:
            return False
        if fault == 1:
            peer.reset()
            return False
        if fault == 2:
            peer.send(answer({"error": {"code": "unavailable", "message": "later"}}, 503))
            return True
        if fault == 3:
            peer.send(answer({"error": {"code": "rate_limit_exceeded", "message": "slowly"}}, 429, Retry_After="0"))
            return True
        done = self._effect(key)
        head, _, body = done.partition(b"\r\n\r\n")
        broken = {
            4: done[:5], 5: head[:-3], 6: head + b"\r\n\r\n", 7: done[:-4], 8: answer(b"<html>gateway</html>", 502),
            9: answer(body[:-1]), 10: answer({"message": "lost"}, 500), 11: b"",
        }.get(fault)  # fmt: skip
        if broken is None:
            self.answered.add(key)
        peer.send(done if broken is None else broken)
        return broken is None

    def _effect(self, key: str) -> bytes:
        with self._lock:
            if key not in self._answers:
                self.effects[key] += 1
                self._answers[key] = answer({"id": f"thing-{key}"})
            return self._answers[key]


@pytest.mark.parametrize(("seed", "rate"), [(1, 0.2), (2, 0.5), (3, 0.9)])
def test_at_most_one_effect_and_true_outcomes(
    serve: Callable[[Handler], RawServer], connect: Callable[..., Transport], seed: int, rate: float
) -> None:
    shop = Shop(seed, rate)
    transport = connect(serve(shop), max_retries=3, timeout_seconds=5.0)
    outcomes: list[tuple[str, str]] = []

    def work(name: int) -> None:
        for index in range(60):
            key = f"{name}-{index}"
            call = Call(method="POST", path="/v1/things", json={"n": index}, idempotency_key=key, operation="make")
            try:
                assert transport.send(call) == {"id": f"thing-{key}"}
                outcomes.append((key, "done"))
            except (AxmeTransportError, AxmeHttpError) as error:
                outcomes.append((error.idempotency_key or "", error.outcome))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 240
    allowed = {"done": {1}, "not_sent": {0}, "rejected": {0}, "unknown": {0, 1}}
    wrong = [(key, outcome) for key, outcome in outcomes if shop.effects[key] not in allowed[outcome]]
    assert wrong == []
    assert {key for key, outcome in outcomes if outcome == "done"} == shop.answered
    assert shop.answered
    assert all(count <= 5 + 3 for count in shop.keys_seen.values())
