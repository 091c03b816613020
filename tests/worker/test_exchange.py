"""Results that go together: what is in one request, what comes back for each, and what a cut answer costs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import responses

from axme import AxmeClaimLostError, AxmeClient, AxmeClientConfig, AxmeServerError, AxmeValidationError, AxmeValueError
from axme.transport import Cancel
from axme.worker import Claim
from axme.worker.exchange import ExchangeSource
from axme.worker.outcomes import Done, Failed
from tests.plain import until

Body = dict[str, Any]
LOST = {"ok": False, "status_code": 409, "error": {"code": "claim_lost", "message": "worker b has it"}}


def claim(name: str) -> Claim:
    return Claim(id=name, intent={"intent_id": name})


class Desk(AxmeClient):
    """A client whose gateway is a function here: it may hold an answer, refuse, or lose it."""

    def __init__(self) -> None:
        super().__init__(AxmeClientConfig(api_key="k", base_url="http://127.0.0.1:9"))
        self.asked: list[Body] = []
        self.singly: list[str] = []
        self.answer: Callable[[Body], Body] = settled
        self.held = threading.Event()
        self.held.set()
        self.polled = threading.Event()

    def claim_deliveries(
        self, address: str, payload: Any, *, cancel: Cancel | None = None, idempotency_key: str | None = None,
        trace_id: str | None = None,
    ) -> Body:  # fmt: skip
        if payload["wait_seconds"]:
            assert self.polled.wait(20)
            return {"ok": True, "claims": []}
        self.asked.append(payload)
        assert self.held.wait(20)
        return self.answer(payload)

    def complete_claim(
        self, claim_id: str, payload: Any, *, idempotency_key: str | None = None, trace_id: str | None = None
    ) -> Body:
        self.singly.append(claim_id)
        return {"ok": True}


def settled(asked: Body, **refused: Body) -> Body:
    """Everything is accepted, but what is ``refused``; a claim comes along for each that has room."""
    told = [{"claim_id": (name := one["claim_id"]), "ok": True} | refused.get(name, {}) for one in asked["settle"]]
    more = [
        {"claim_id": f"next-{n}", "attempt": 1, "intent": {"intent_id": f"next-{n}"}} for n in range(asked["limit"])
    ]
    return {"ok": True, "claims": more, "settled": told}


class Bench:
    """A source over a :class:`Desk`, and threads that settle."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.brought: list[str] = []
        self.source = ExchangeSource(self.desk, "shop", "w-1", 30.0, self._put)
        self._pool = ThreadPoolExecutor(16)

    def settle(self, name: str, result: Any = None, room: int = 1) -> Future[None]:
        return self._pool.submit(self.source.settle, claim(name), Done(result or {}), f"key-{name}", "trace", room)

    def piled_up(self, *names: str) -> dict[str, Future[None]]:
        """These stand in line while the answer to ``first`` is held."""
        self.desk.held.clear()
        first = self.settle("first")
        until(lambda: len(self.desk.asked) == 1)
        found = {"first": first}
        for count, name in enumerate(names, start=1):
            found[name] = self.settle(name)
            until(lambda count=count: len(self.source._line._waiting) == count)  # type: ignore[misc]
        return found

    def close(self) -> None:
        self.desk.held.set()
        self._pool.shutdown()
        self.desk.close()

    def _put(self, claims: list[Claim]) -> None:
        self.brought += [one.id for one in claims]


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


def names(asked: Body) -> list[str]:
    return [one["claim_id"] for one in asked["settle"]]


def test_one_alone_leaves_at_once_and_brings_the_next(bench: Bench) -> None:
    bench.settle("a", {"n": 1}).result(20)
    assert bench.desk.asked == [
        {
            "worker_id": "w-1", "limit": 1, "lease_seconds": 30, "wait_seconds": 0,
            "settle": [{"claim_id": "a", "kind": "complete", "result": {"n": 1}}],
        }
    ]  # fmt: skip
    assert bench.brought == ["next-0"]


def test_what_piles_up_is_one_request_and_each_is_told_its_own(bench: Bench) -> None:
    waiting = bench.piled_up("a", "b", "c")
    bench.desk.answer = lambda asked: settled(asked, b=LOST)
    bench.desk.held.set()
    for name in ("first", "a", "c"):
        waiting[name].result(20)
    with pytest.raises(AxmeClaimLostError, match="worker b has it"):
        waiting["b"].result(20)
    assert [names(asked) for asked in bench.desk.asked] == [["first"], ["a", "b", "c"]]
    assert bench.desk.asked[1]["limit"] == 3


def test_a_question_for_work_that_is_held_holds_up_no_result(bench: Bench) -> None:
    asking = bench._pool.submit(bench.source.take, 8)
    bench.settle("a").result(20)
    assert not asking.done()
    bench.desk.polled.set()
    assert asking.result(20) == []


def test_an_answer_that_makes_no_sense_leaves_nobody_waiting(bench: Bench) -> None:
    waiting = bench.piled_up("a", "b")
    bench.desk.answer = lambda asked: {"ok": True, "claims": [], "settled": []}
    bench.desk.held.set()
    for one in waiting.values():
        with pytest.raises(ValueError):
            one.result(20)


def test_who_leaves_takes_nothing_new(bench: Bench) -> None:
    bench.source.stop()
    bench.settle("a").result(20)
    assert (bench.desk.asked[0]["limit"], bench.brought) == (0, [])


def test_what_cannot_be_written_as_json_is_this_ones_alone(bench: Bench) -> None:
    waiting = bench.piled_up("a")
    with pytest.raises(AxmeValueError, match=r"\$\.result\.x is a object"):
        bench.settle("b", {"x": object()}).result(20)
    bench.desk.held.set()
    waiting["a"].result(20)
    assert names(bench.desk.asked[1]) == ["a"]


def test_a_large_one_goes_by_itself_and_many_in_pieces(bench: Bench) -> None:
    bench.settle("large", {"text": "ü" * 20_000}).result(20)
    assert (bench.desk.asked, bench.desk.singly) == ([], ["large"])
    bench.desk.held.clear()
    first, text = bench.settle("first"), {"text": "x" * 30_000}
    until(lambda: len(bench.desk.asked) == 1)
    others = [bench.settle(str(n), text) for n in range(6)]
    until(lambda: len(bench.source._line._waiting) == 6)
    bench.desk.held.set()
    for one in [first, *others]:
        one.result(20)
    assert [len(names(asked)) for asked in bench.desk.asked] == [1, 4, 2]
    assert max(len(json.dumps(asked)) for asked in bench.desk.asked) < 262_144


@pytest.mark.parametrize(
    "refusal", [AxmeValidationError(413, "too large"), AxmeServerError(500, "oops", retryable=True)]
)
def test_refused_together_they_go_one_by_one(bench: Bench, refusal: Exception) -> None:
    def refuse(asked: Body) -> Body:
        raise refusal

    waiting = bench.piled_up("a", "b")
    bench.desk.answer = refuse
    bench.desk.held.set()
    for one in waiting.values():
        one.result(20)
    assert sorted(bench.desk.singly) == ["a", "b", "first"]


def test_without_an_answer_each_tries_again_as_it_sees_fit(bench: Bench) -> None:
    def vanish(asked: Body) -> Body:
        raise AxmeServerError(503, "no database", retryable=True)

    waiting = bench.piled_up("a", "b")
    bench.desk.answer = vanish
    bench.desk.held.set()
    for one in waiting.values():
        with pytest.raises(AxmeServerError):
            one.result(20)
    bench.desk.answer = settled
    bench.settle("b").result(20)
    assert bench.desk.singly == []


def test_a_gateway_that_knows_it_no_more_is_told_one_by_one(bench: Bench) -> None:
    """Behind one address there may be an older one: it has passed over what was to be settled."""
    bench.desk.answer = lambda asked: {key: value for key, value in settled(asked).items() if key != "settled"}
    bench.settle("a").result(20)
    bench.settle("b").result(20)
    assert (len(bench.desk.asked), bench.desk.singly, bench.brought) == (1, ["a", "b"], ["next-0"])


@responses.activate
def test_a_cut_answer_is_asked_for_again_under_the_same_key() -> None:
    config = AxmeClientConfig(api_key="k", base_url="http://127.0.0.1:9", retry_backoff_seconds=0.01)
    url = "http://127.0.0.1:9/v1/agents/shop/claims"
    responses.post(url, body=ConnectionResetError("cut"))
    answer = {"ok": True, "claims": [], "settled": [{"claim_id": "a", "ok": True, "status": "FAILED"}]}
    responses.post(url, json=answer)
    with AxmeClient(config) as client:
        source = ExchangeSource(client, "shop", "w-1", 30.0, lambda claims: None)
        source.settle(claim("a"), Failed({"code": "c"}, False), "key-a", "trace-a", 1)
    first, second = (call.request for call in responses.calls)
    assert first.body == second.body
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert second.headers["X-Trace-Id"] == "trace-a"
    assert json.loads(second.body)["settle"] == [
        {"claim_id": "a", "kind": "fail", "error": {"code": "c"}, "retryable": False}
    ]
