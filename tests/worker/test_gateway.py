"""Workers at a real gateway: results, retries, waits, checkpoints, sharing, and programs beside them."""

from __future__ import annotations

import logging
import threading
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from axme import (
    Agent,
    AxmeAuthenticationError,
    AxmeClaimLostError,
    AxmeClient,
    AxmeClientConfig,
    AxmeConnectionError,
    AxmeNotFoundError,
    ClaimedIntent,
    HumanTask,
    IntentStatus,
    Reject,
    Wait,
)
from axme.gateway import LocalGateway
from tests.plain import until

pytestmark = pytest.mark.slow

QUICK = {"retry_delay_seconds": 1, "max_retries": 5}


def test_results_progress_and_the_payload_within(agent: Agent, client: AxmeClient) -> None:
    def handle(intent: ClaimedIntent) -> dict[str, Any]:
        intent.progress("half way", percent=50, data={"box": 1})
        return {"n": intent.payload["n"], "parent": intent.parent_payload, "whole": intent.whole_payload}

    with agent.worker(handle) as worker:
        flat = client.intents.create("job.v1", to=agent, payload={"n": 1})
        step = client.intents.create("job.v1", to=agent, payload={"parent_payload": {"n": 2}, "step_id": "pack"})
        assert flat.wait(20).result == {"n": 1, "parent": None, "whole": {"n": 1}}
        assert step.wait(20).result == {"n": 2, "parent": {"n": 2}, "whole": step.payload}
        until(lambda: worker.summary.completed == 2)
    told = [event.details["progress"] for event in flat.events() if "progress" in event.details]
    assert told == [{"message": "half way", "percent": 50, "data": {"box": 1}}]


def test_an_attempt_that_fails_is_made_again_until_it_works(agent: Agent, client: AxmeClient) -> None:
    seen: list[tuple[int, Any]] = []

    def handle(intent: ClaimedIntent) -> dict[str, int]:
        seen.append((intent.attempt, intent.checkpointed))
        intent.checkpoint({"tried": intent.attempt})
        if intent.attempt < 3:
            raise RuntimeError("not yet")
        return {"attempt": intent.attempt}

    with agent.worker(handle):
        intent = client.intents.create("job.v1", to=agent)
        intent.update_controls(QUICK)
        assert intent.wait(30).result == {"attempt": 3}
    assert seen == [(1, None), (2, {"tried": 1}), (3, {"tried": 2})]


def test_a_rejection_fails_for_good_at_once(agent: Agent, client: AxmeClient) -> None:
    calls: list[int] = []

    def handle(intent: ClaimedIntent) -> None:
        calls.append(1)
        raise Reject("no items", code="empty_order", details={"order": 7})

    with agent.worker(handle):
        intent = client.intents.create("job.v1", to=agent).wait(20)
    assert (intent.status, len(calls)) == (IntentStatus.FAILED, 1)
    assert intent.error
    assert intent.error["message"] == "no items"
    assert intent.error["code"] == "empty_order"


def test_a_type_without_a_handler_fails_and_says_so(agent: Agent, client: AxmeClient) -> None:
    agent.on("known.v1")(lambda intent: {})
    with agent.worker():
        assert client.intents.create("known.v1", to=agent).wait(20).status is IntentStatus.COMPLETED
        unknown = client.intents.create("unknown.v1", to=agent).wait(20)
    assert unknown.error
    assert "no handler for unknown.v1" in unknown.error["message"]


@pytest.mark.parametrize("outcome", ["approved", "rejected"])
def test_a_wait_for_a_person(agent: Agent, client: AxmeClient, outcome: str) -> None:
    def handle(intent: ClaimedIntent) -> Any:
        if intent.resumed is None:
            return Wait.for_human(HumanTask.approval("Ship it?"), keep={"asked": True})
        said = intent.resumed
        return {"by": said.by, "outcome": said.outcome, "approved": said.approved, "kept": intent.checkpointed}

    with agent.worker(handle):
        intent = client.intents.create("job.v1", to=agent)
        until(lambda: intent.refresh().status is IntentStatus.WAITING)
        assert intent.human_task
        assert intent.human_task["title"] == "Ship it?"
        intent.decide(outcome, comment="because")
        result = intent.wait(20).result
    assert result == {"by": "human", "outcome": outcome, "approved": outcome == "approved", "kept": {"asked": True}}


def test_a_wait_for_time(agent: Agent, client: AxmeClient) -> None:
    def handle(intent: ClaimedIntent) -> Any:
        return Wait.for_time(timedelta(seconds=0.2)) if intent.resumed is None else {"by": intent.resumed.by}

    with agent.worker(handle):
        assert client.intents.create("job.v1", to=agent).wait(20).result == {"by": "time"}


def test_a_wait_for_another_agent(agent: Agent, client: AxmeClient) -> None:
    def handle(intent: ClaimedIntent) -> Any:
        if intent.intent_type == "part.v1":
            return {"doubled": 2 * intent.payload["n"]}
        if intent.resumed is None:
            return Wait.for_agent(agent, "part.v1", {"n": 21})
        return {"by": intent.resumed.by, "status": intent.resumed.status, "part": intent.resumed.result}

    with agent.worker(handle):
        intent = client.intents.create("whole.v1", to=agent).wait(20)
    assert intent.result == {"by": "agent", "status": "COMPLETED", "part": {"doubled": 42}}


def test_a_wait_that_is_refused_fails_the_attempt_and_says_why(agent: Agent, client: AxmeClient) -> None:
    packer = client.agents.create(f"packer-{uuid.uuid4().hex[:8]}")
    packer.kill()
    with agent.worker(lambda intent: Wait.for_agent(packer.address, "pack.v1")):
        ended = client.intents.create("job.v1", to=agent, max_delivery_attempts=1).wait(20)
    assert (ended.status, ended.error and ended.error["code"]) == (IntentStatus.FAILED, "agent_killed")
    assert "it may not wait for that" in (ended.error or {})["message"]


def test_two_workers_share_and_none_does_the_same(agent: Agent, client: AxmeClient) -> None:
    done: Counter[str] = Counter()
    by: Counter[str] = Counter()
    lock = threading.Lock()

    def handling(name: str) -> Any:
        def handle(intent: ClaimedIntent) -> dict[str, str]:
            with lock:
                done[intent.id] += 1
                by[name] += 1
            threading.Event().wait(0.01)
            return {"by": name}

        return handle

    with agent.worker(handling("a"), concurrency=2), agent.worker(handling("b"), concurrency=2):
        sent = [client.intents.create("job.v1", to=agent) for _ in range(40)]
        for intent in sent:
            intent.wait(60)
    assert done == {intent.id: 1 for intent in sent}
    assert set(by) == {"a", "b"}


def test_programs_of_the_other_kind_work_beside_it(agent: Agent, client: AxmeClient) -> None:
    """Listen, get, resume with any result: on the same address, at the same time."""
    own = agent._api
    sent: list[str] = []
    over = threading.Event()

    def program() -> None:
        for delivery in own.listen(agent.address, timeout_seconds=60):
            intent_id = delivery["intent_id"]
            intent = own.get_intent(intent_id)["intent"]
            if intent["payload"].get("for") == "program" and intent["status"] in ("DELIVERED", "IN_PROGRESS"):
                own.resume_intent(intent_id, {"outcome": "success", "n": intent["payload"]["n"]})
            if over.is_set():
                return

    def handle(intent: ClaimedIntent) -> dict[str, str]:
        if intent.payload.get("for") == "program":
            intent.lost.wait(20)
        return {"by": "worker"}

    listener = threading.Thread(target=program)
    listener.start()
    with agent.worker(handle, lease=timedelta(seconds=5)):
        for n in range(6):
            kind = "program" if n % 2 else "worker"
            sent.append(client.intents.create("job.v1", to=agent, payload={"n": n, "for": kind}).id)
        ended = [client.intents.handle(intent_id).wait(30) for intent_id in sent]
        over.set()
        client.intents.create("job.v1", to=agent, payload={}).wait(20)
    listener.join(20)
    assert [intent.status for intent in ended] == [IntentStatus.COMPLETED] * 6
    assert [(intent.result or {}).get("by") for intent in ended] == ["worker", None] * 3
    assert [(intent.result or {}).get("outcome") for intent in ended] == [None, "success"] * 3


def test_a_canceled_intent_reaches_the_handler(agent: Agent, client: AxmeClient) -> None:
    began, told = threading.Event(), threading.Event()

    def handle(intent: ClaimedIntent) -> None:
        began.set()
        assert intent.lost.wait(20)
        with pytest.raises(AxmeClaimLostError):
            intent.progress("in vain")
        told.set()

    with agent.worker(handle, lease=timedelta(seconds=5)):
        intent = client.intents.create("job.v1", to=agent)
        assert began.wait(20)
        intent.cancel("changed my mind")
        assert told.wait(20)
    assert intent.refresh().status is IntentStatus.CANCELED


def test_a_handler_may_end_it_by_hand(agent: Agent, client: AxmeClient, caplog: pytest.LogCaptureFixture) -> None:
    with agent.worker(lambda intent: intent.complete({"by": "hand"})) as worker:
        assert client.intents.create("job.v1", to=agent).wait(20).result == {"by": "hand"}
        until(lambda: worker.summary.completed == 1)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_what_is_left_when_time_is_over_is_done_by_the_next(agent: Agent, client: AxmeClient) -> None:
    began, release = threading.Event(), threading.Event()

    def slow(intent: ClaimedIntent) -> None:
        began.set()
        release.wait(30)

    with agent.worker(slow, drain_timeout=timedelta(0)):
        intent = client.intents.create("job.v1", to=agent)
        assert began.wait(20)
    with agent.worker(lambda intent: {"attempt": intent.attempt}):
        assert intent.wait(20).result == {"attempt": 1}
    release.set()


def test_its_heart_beats_and_its_metrics_arrive(agent: Agent, client: AxmeClient) -> None:
    with agent.worker(lambda intent: {}):
        client.intents.create("job.v1", to=agent).wait(20)
        until(lambda: client.agents.handle(agent.address).health() == "healthy")
    mesh = client.agents.handle(agent.address).mesh.refresh()
    assert mesh.intents_period == 1


def test_what_waiting_does_not_mend_is_raised(gateway: LocalGateway, agent: Agent) -> None:
    config = AxmeClientConfig(api_key="wrong", base_url=gateway.base_url)
    with AxmeClient(config) as stranger, pytest.raises(AxmeAuthenticationError):
        stranger.agents.handle(agent.address).serve(lambda intent: {})
    with gateway.client() as admin, pytest.raises(AxmeNotFoundError):
        admin.agents.handle("nobody-of-this-name").serve(lambda intent: {})


class Cut(AxmeClient):
    """A client that loses the answers to the first results: the gateway has accepted them, and nobody hears of it."""

    left = 2

    def claim_deliveries(self, address: str, payload: Any, **how: Any) -> dict[str, Any]:
        answer = super().claim_deliveries(address, payload, **how)
        if payload.get("settle") and self.left:
            self.left -= 1
            raise AxmeConnectionError("cut", retryable=True)
        return answer


def test_results_whose_answers_were_cut_are_sent_again_and_count_once(agent: Agent, client: AxmeClient) -> None:
    together = threading.Barrier(4)

    def handle(intent: ClaimedIntent) -> dict[str, Any]:
        together.wait(30)
        return {"n": intent.payload["n"]}

    with Cut(agent._api.config) as own, own.agents.handle(agent.address).worker(handle, concurrency=4) as worker:
        sent = [client.intents.create("job.v1", to=agent, payload={"n": n}) for n in range(4)]
        assert [intent.wait(30).result for intent in sent] == [{"n": n} for n in range(4)]
        until(lambda: worker.summary.completed == 4)
        assert (worker.summary.lost, own.left) == (0, 0)
    for intent in sent:
        assert [event.event_type for event in intent.events()].count("intent.completed") == 1


def test_a_killed_agent_is_waited_for(agent: Agent, client: AxmeClient, caplog: pytest.LogCaptureFixture) -> None:
    again = client.agents.handle(agent.address)
    with caplog.at_level(logging.INFO, "axme.worker"), agent.worker(lambda intent: {"n": 1}):
        client.intents.create("job.v1", to=agent).wait(20)
        again.kill()
        until(lambda: "asking for work failed and is tried again" in caplog.text, 30)
        again.resume()
        assert client.intents.create("job.v1", to=agent).wait(30).result == {"n": 1}
