"""Claims over HTTP: long polls that wake for a delivery, share the work, and leave nothing with who is gone."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from axme import AxmeClient, AxmeConflictError, AxmeError, Intent
from axme.contract.schemas.claims import Claims
from axme.gateway import LocalGateway, start
from axme.transport import Cancel
from tests.matrix.shape import surprises
from tests.plain import measured, until

pytestmark = pytest.mark.slow

CLAIMERS, INTENTS = 8, 300


def send(client: AxmeClient, to: str, **more: object) -> str:
    body = {"intent_type": "order.v1", "to_agent": to, "payload": {}, **more}
    return str(client.create_intent(body)["intent_id"])


def test_eight_workers_share_the_work_and_each_delivery_is_done_once(client: AxmeClient) -> None:
    done: list[str] = []

    def work(name: str) -> None:
        while len(done) < INTENTS:
            body = {"worker_id": name, "limit": 3, "wait_seconds": 0.5}
            for claim in client.claim_deliveries("contended", body)["claims"]:
                client.complete_claim(claim["claim_id"], {"result": {"by": name}})
                done.append(claim["intent_id"])

    with ThreadPoolExecutor(CLAIMERS + 2) as pool:
        workers = [pool.submit(work, f"w{n}") for n in range(CLAIMERS)]
        sent = list(pool.map(lambda n: send(client, "contended"), range(INTENTS)))
        for worker in workers:
            worker.result(120)
    assert sorted(done) == sorted(sent)
    events = client.list_intent_events(sent[0])["events"]
    assert Counter(event["event_type"] for event in events)["intent.completed"] == 1


def test_a_long_poll_answers_as_soon_as_there_is_something(client: AxmeClient) -> None:
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client.claim_deliveries, "polled", {"worker_id": "w", "wait_seconds": 30})
        time.sleep(0.3)
        began = time.monotonic()
        intent_id = send(client, "polled")
        assert asked.result(20)["claims"][0]["intent_id"] == intent_id
        assert time.monotonic() - began < 10


def test_a_poll_that_finds_nothing_ends_in_time(client: AxmeClient) -> None:
    began = time.monotonic()
    assert client.claim_deliveries("empty", {"worker_id": "w", "wait_seconds": 1})["claims"] == []
    assert 0.9 < time.monotonic() - began < 10


def test_who_is_gone_is_given_nothing(client: AxmeClient) -> None:
    cancel = Cancel()

    def ask() -> None:
        with pytest.raises(AxmeError):
            client.claim_deliveries("left", {"worker_id": "gone", "wait_seconds": 30}, cancel=cancel)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.5)
    cancel()
    thread.join()
    time.sleep(0.3)
    intent_id = send(client, "left")

    def mine() -> bool:
        found = client.claim_deliveries("left", {"worker_id": "here"})["claims"]
        return [claim["intent_id"] for claim in found] == [intent_id]

    until(mine, seconds=5)


def test_a_worker_that_stood_still_past_its_lease_is_refused(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        intent_id = send(client, "shop")
        late = client.claim_deliveries("shop", {"worker_id": "frozen"})["claims"][0]
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(client.claim_deliveries, "shop", {"worker_id": "w2", "wait_seconds": 30})
            time.sleep(0.2)
            movable_gateway.advance(timedelta(seconds=30))
            taken = waiting.result(20)["claims"][0]
        assert (taken["intent_id"], taken["attempt"]) == (intent_id, 2)
        with pytest.raises(AxmeConflictError, match="worker w2 has intent") as caught:
            client.complete_claim(late["claim_id"], {"result": {}})
        assert caught.value.code == "claim_lost"
        client.complete_claim(taken["claim_id"], {"result": {"n": 2}})
        assert client.get_intent(intent_id)["result"] == {"n": 2}


def test_the_stream_shows_what_comes_back(movable_gateway: LocalGateway) -> None:
    with movable_gateway.client() as client:
        send(client, "shop")
        client.claim_deliveries("shop", {"worker_id": "w"})
        with client.listen("shop", timeout_seconds=30) as stream:
            first = next(stream)
            movable_gateway.advance(timedelta(seconds=30))
            again = next(stream)
        assert (first["delivery_attempt"], again["delivery_attempt"]) == (1, 2)
        assert again["intent_id"] == first["intent_id"]


def test_a_claimed_step_is_shown_as_its_schema_says(client: AxmeClient) -> None:
    client.apply_scenario(
        {
            "scenario_id": "deploy.v1",
            "workflow": {"steps": [{"step_id": "build", "tool_id": "tool.agent.task.v1", "assigned_to": "stepper"}]},
            "agents": [{"role": "builder", "address": "stepper", "create_if_missing": True}],
            "intent": {"type": "deploy.v1", "payload": {}},
        }
    )
    body = client.claim_deliveries("stepper", {"worker_id": "w", "wait_seconds": 20})
    assert body["claims"][0]["intent"]["step_id"] == "build"
    assert list(surprises(Claims(), body)) == []


def test_the_capabilities_tell(client: AxmeClient) -> None:
    assert {"agents.claims", "intents.run"} <= {*client.get_capabilities()["capabilities"]}


def test_a_delivery_at_one_gateway_wakes_a_worker_at_another(postgres_url: str, tmp_path: Path) -> None:
    with (
        start(data_dir=tmp_path / "a", database=postgres_url, timeout=60) as first,
        start(data_dir=tmp_path / "b", database=postgres_url, timeout=60) as second,
        first.client() as sender,
        second.client(api_key=first.api_key) as worker,
        ThreadPoolExecutor(1) as pool,
    ):
        asked = pool.submit(worker.claim_deliveries, "shop", {"worker_id": "w", "wait_seconds": 30})
        until(lambda: measured(second, "axme_requests_under_way") == 2)  # The claim, and this question.
        ran = threading.Thread(
            target=lambda: done.append(sender.intents.run("order.v1", to="shop", payload={"n": 1}, timeout=30))
        )
        done: list[Intent] = []
        ran.start()
        claim = asked.result(20)["claims"][0]
        worker.complete_claim(claim["claim_id"], {"result": {"n": 2}})
        ran.join(30)
    assert done[0].result == {"n": 2}
