"""Intents as objects, from creation to their end, on a real gateway."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from axme import (
    Agent,
    AxmeClient,
    AxmeIntentCanceledError,
    AxmeIntentFailedError,
    AxmeIntentTimedOutError,
    AxmeNotFoundError,
    AxmePolicyGenerationError,
    AxmeTerminalError,
    AxmeTimeoutError,
    AxmeValidationError,
    Intent,
    IntentStatus,
)
from axme.gateway import LocalGateway

WALK = ["CREATED", "SUBMITTED", "DELIVERED", "IN_PROGRESS", "COMPLETED"]


@pytest.fixture
def agent(client: AxmeClient) -> Agent:
    return client.agents.create(f"worker-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def intent(client: AxmeClient, agent: Agent) -> Intent:
    return client.intents.create("order.fulfillment.v1", to=agent, payload={"order": "A-1", "items": 3})


def test_an_agent_carries_out_what_a_program_asks(agent: Agent, intent: Intent) -> None:
    with agent.listen(timeout=10) as deliveries:
        for delivery in deliveries:
            assert delivery == intent
            assert (delivery.payload, delivery.status) == ({"order": "A-1", "items": 3}, IntentStatus.DELIVERED)
            assert deliveries.cursor > 0
            delivery.complete({"parcels": 3})
            break
    assert intent.wait(timeout=10) is intent
    assert (intent.status, intent.result) == (IntentStatus.COMPLETED, {"parcels": 3})
    assert [event.status for event in intent.events()] == WALK
    assert [event.seq for event in intent.events(since=3)] == [4, 5]


def test_watching_an_intent_moves_it_forward(client: AxmeClient, intent: Intent) -> None:
    seen: list[tuple[int, str]] = []
    with intent.observe(timeout=10) as events:
        for event in events:
            seen.append((event.seq, event.status))
            if event.status == IntentStatus.DELIVERED:
                client.resolve_intent(intent.id, {"status": "COMPLETED", "result": {"n": 1}})
            if event.seq > 3:
                assert intent.status == event.status
    assert [status for _, status in seen] == WALK
    assert [seq for seq, _ in seen] == [1, 2, 3, 4, 5]
    assert intent.is_terminal
    assert intent.result == {"n": 1}


def test_replayed_history_moves_nothing_back(intent: Intent) -> None:
    intent.complete({})
    assert {intent.status for _ in intent.observe(timeout=10)} == {IntentStatus.COMPLETED}
    assert [event.seq for event in intent.observe(since=3, timeout=10)] == [4, 5]


def test_waiting_wakes_up_when_somebody_else_ends_it(client: AxmeClient, intent: Intent) -> None:
    timer = threading.Timer(0.2, client.intents.handle(intent.id).cancel, args=("later",))
    timer.start()
    assert intent.wait(timeout=10).reason == "later"
    timer.join()
    assert intent.wait(timeout=0.1).status == "CANCELED", "what has ended needs no waiting"


def test_waiting_ends_in_time(intent: Intent) -> None:
    with pytest.raises(TimeoutError) as caught:
        intent.wait(timeout=0.2)
    assert isinstance(caught.value, AxmeTimeoutError)
    assert intent.refresh().status == IntentStatus.DELIVERED


def test_failure_is_an_exception_where_asked_for(client: AxmeClient, agent: Agent, intent: Intent) -> None:
    intent.fail("out of stock")
    assert intent.wait(timeout=5).error == {"message": "out of stock"}
    with pytest.raises(AxmeIntentFailedError, match=f"intent {intent.id} ended FAILED: out of stock") as caught:
        intent.wait(timeout=5, raise_on_failure=True)
    assert caught.value.intent is intent
    with pytest.raises(AxmeIntentCanceledError, match="not needed"):
        agent.send("order.v1").cancel("not needed").wait(timeout=5, raise_on_failure=True)
    late = client.intents.create("order.v1", to=agent, deadline=timedelta(seconds=0.1))
    with pytest.raises(AxmeIntentTimedOutError):
        late.wait(timeout=10, raise_on_failure=True)


def test_what_has_ended_stays_as_it_ended(intent: Intent) -> None:
    intent.cancel()
    with pytest.raises(AxmeTerminalError):
        intent.complete({})
    assert intent.refresh().reason == "canceled by the caller"
    again = intent.retry()
    assert (again.payload, again.to_agent) == (intent.payload, intent.to_agent)
    assert again.correlation_id != intent.correlation_id
    again.cancel()


def test_the_same_key_brings_the_same_intent(client: AxmeClient, agent: Agent) -> None:
    key = uuid.uuid4().hex
    first = client.intents.create("order.v1", to=agent, payload={"n": 1}, idempotency_key=key)
    again = client.intents.create("order.v1", to=agent, payload={"n": 1}, idempotency_key=key)
    assert first == again
    assert len(client.intents.list(to=agent)) == 1


def test_a_person_decides(client: AxmeClient) -> None:
    boss = f"boss-{uuid.uuid4().hex[:8]}"
    task = {"title": "Approve the budget", "task_type": "approval"}

    def asked() -> Intent:
        return client.intents.create("budget.v1", to=boss, human_task=task)

    granted = asked().decide("approved", comment="fine")
    assert (granted.status, (granted.result or {})["outcome"]) == ("COMPLETED", "approved")
    refused = asked()
    thread = next(thread for thread in client.inbox.list(owner_agent=boss) if thread.intent == refused)
    assert thread.reject("too much").status == "done"
    assert refused.wait(timeout=5).status == "CANCELED"
    with pytest.raises(AxmeValidationError):
        asked().decide("perhaps")


def test_a_pause_leaves_the_question_open(client: AxmeClient) -> None:
    asked = client.intents.create("budget.v1", to="boss", human_task={"title": "Approve"})
    asked.pause()
    assert asked.unpause().paused is False
    assert (asked.status, asked.waiting_reason) == ("WAITING", "WAITING_FOR_HUMAN")
    assert asked.decide("approved").status == "COMPLETED"


def test_pausing_and_steering(intent: Intent) -> None:
    assert intent.pause().paused is True
    assert intent.resume().paused is False
    generation = intent.policy_generation or 0
    assert intent.update_controls({"note": "mine"}, expected_generation=generation).policy_generation == generation + 1
    with pytest.raises(AxmePolicyGenerationError):
        intent.update_controls({"note": "late"}, expected_generation=generation)
    intent.update_policy(grants={"delegate:agent://acme/prod/x": {"allow": ["resume"]}})
    assert (intent.policy or {})["grants"] == {"delegate:agent://acme/prod/x": {"allow": ["resume"]}}
    assert (intent.controls or {})["note"] == "mine"


def test_finding_intents(client: AxmeClient, agent: Agent, intent: Intent) -> None:
    other = agent.send("other.v1", {"n": 2})
    assert set(client.intents.list(to=agent)) == {intent, other}
    assert client.intents.list(to=agent, status="pending").first() == other
    assert client.intents.list(to=agent, limit=1).all() == [other]
    assert client.intents.list(to=agent, intent_type="other.v1").all() == [other]
    assert client.intents.list(correlation_id=other.correlation_id).all() == [other]
    assert client.intents.list(to=agent, status=[IntentStatus.COMPLETED]).all() == []
    with pytest.raises(AxmeNotFoundError):
        client.intents.get(str(uuid.uuid4()))


@pytest.fixture
def old(movable_gateway: LocalGateway) -> Iterator[AxmeClient]:
    with movable_gateway.client() as client:
        yield client


def test_bulk_cancel(old: AxmeClient, movable_gateway: LocalGateway) -> None:
    stale = old.intents.create("order.v1", to="nobody")
    movable_gateway.advance(timedelta(days=2))
    fresh = old.intents.create("order.v1", to="nobody")
    assert old.intents.bulk_cancel().intent_ids == [stale.id]
    assert stale.refresh().status == "DELIVERED"
    assert old.intents.bulk_cancel(dry_run=False, reason="too old").canceled == 1
    assert stale.refresh().reason == "too old"
    assert fresh.refresh().status == "DELIVERED"
