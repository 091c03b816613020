"""``client.intents.run``: one round trip where the gateway holds its answer, and the same result where it does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from axme import AxmeClient, AxmeIntentFailedError, AxmeTimeoutError, AxmeValueError
from axme.gateway import LocalGateway
from tests.plain import until
from tests.wire.recorder import Recorder

pytestmark = pytest.mark.slow

INTENT = {
    "intent_id": "01a203db-58ad-7e88-9aed-1f9c601bd240",
    "intent_type": "order.v1",
    "status": "COMPLETED",
    "result": {"n": 1},
    "seq": 5,
}


@contextmanager
def working(client: AxmeClient, address: str, *, fails: bool = False) -> Iterator[None]:
    """Somebody who claims and finishes what comes, for as long as the block lasts."""
    stopping = threading.Event()

    def work() -> None:
        while not stopping.is_set():
            for claim in client.claim_deliveries(address, {"worker_id": "w", "wait_seconds": 0.2})["claims"]:
                if fails:
                    body = {"error": {"message": "out of stock"}, "retryable": False}
                    client.fail_claim(claim["claim_id"], body)
                else:
                    client.complete_claim(claim["claim_id"], {"result": {"got": claim["intent"]["payload"]}})

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def test_the_answer_comes_in_the_one_request(client: AxmeClient) -> None:
    with working(client, "run-one"):
        intent = client.intents.run("order.v1", to="run-one", payload={"n": 7}, timeout=20)
    assert (intent.status, intent.result) == ("COMPLETED", {"got": {"n": 7}})


def test_nothing_else_is_asked(scripted: AxmeClient, recorder: Recorder) -> None:
    held = {"ok": True, "intent_id": INTENT["intent_id"], "status": "DELIVERED", "waited": True, "intent": INTENT}
    recorder.answer(held)
    assert scripted.intents.run("order.v1", to="shop", timeout=20).result == {"n": 1}
    assert [(asked.method, asked.query) for asked in recorder.asked] == [("POST", {"wait_seconds": "19"})]


def test_a_server_that_does_not_hold_is_followed(scripted: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": True, "intent_id": INTENT["intent_id"], "status": "DELIVERED"})
    recorder.answer({"error": "no streams"}, 404)
    event = {"intent_id": INTENT["intent_id"], "event_type": "intent.completed", "status": "COMPLETED"}
    recorder.answer({"ok": True, "events": [event | {"seq": 1, "at": "2026-11-22T12:00:00Z"}]})
    recorder.answer({"ok": True, "intent": INTENT})
    assert scripted.intents.run("order.v1", to="shop", timeout=20).result == {"n": 1}
    assert recorder.asked[0].method == "POST"
    assert [asked.path.rpartition("/")[2] for asked in recorder.asked[1:3]] == ["stream", "events"]


def test_failure_is_an_exception_where_asked_for(client: AxmeClient) -> None:
    with working(client, "run-fails", fails=True):
        assert client.intents.run("order.v1", to="run-fails", timeout=20).status == "FAILED"
        with pytest.raises(AxmeIntentFailedError, match="out of stock"):
            client.intents.run("order.v1", to="run-fails", timeout=20, raise_on_failure=True)


def test_it_ends_in_time_and_the_intent_lives_on(client: AxmeClient) -> None:
    began = time.monotonic()
    with pytest.raises(AxmeTimeoutError):
        client.intents.run("order.v1", to="run-nobody", timeout=1.5)
    assert 1.4 < time.monotonic() - began < 10
    assert client.intents.list(to="run-nobody").first().status == "DELIVERED"  # type: ignore[union-attr]
    with pytest.raises(AxmeValueError):
        client.intents.run("order.v1", to="run-nobody", timeout=0)


def test_a_held_answer_tells_how_far_it_is(client: AxmeClient) -> None:
    answer = client.create_intent(intent_type="order.v1", to_agent="run-nobody", wait_seconds=1)
    assert (answer["waited"], answer["intent"]["status"]) == (True, "DELIVERED")


def test_a_killed_gateway_holds_the_answer_again(fresh_gateway: LocalGateway) -> None:
    found: list[Any] = []
    with fresh_gateway.client() as client, fresh_gateway.client() as other:

        def send() -> None:
            found.append(client.intents.run("order.v1", to="shop", payload={"n": 1}, timeout=60))

        sender = threading.Thread(target=send)
        sender.start()
        until(lambda: other.list_intents()["intents"], seconds=20)
        fresh_gateway.kill()
        fresh_gateway.restart()
        with working(other, "shop"):
            sender.join(60)
        assert found[0].result == {"got": {"n": 1}}
        assert len(other.list_intents()["intents"]) == 1
