"""Threads and agents on a real gateway."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from axme import AxmeAuthenticationError, AxmeClient, AxmeConflictError, AxmeNotFoundError, InboxThread
from axme.gateway import LocalGateway


@pytest.fixture
def owner() -> str:
    return f"owner-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def thread(client: AxmeClient, owner: str) -> InboxThread:
    client.intents.create("budget.v1", to=owner, human_task={"title": "Approve", "task_type": "approval"})
    found = client.inbox.list(owner_agent=owner, status="pending").first()
    assert found is not None
    return found


def test_a_conversation(client: AxmeClient, thread: InboxThread, owner: str) -> None:
    assert thread.timeline[0].event_type == "intent_received"
    thread.mark_read()
    assert thread.reply("how much is it?").status == "active"
    (message,) = (entry for entry in thread.timeline if entry.event_type == "reply")
    assert message.details["message"] == "how much is it?"
    assert client.inbox.get(thread.id, owner_agent=owner) == thread
    thread.delete_messages([message.event_id])
    assert "how much" not in str(thread.raw)
    thread.approve("fine")
    assert thread.intent.wait(timeout=5).status == "COMPLETED"
    with pytest.raises(AxmeConflictError):
        thread.reply("too late")


def test_a_thread_changes_hands(client: AxmeClient, thread: InboxThread, owner: str) -> None:
    deputy = f"{owner}-deputy"
    thread.delegate(deputy, "on holiday")
    assert thread.owner_agent.endswith(deputy)
    assert client.inbox.list(owner_agent=deputy).all() == [thread]
    assert client.inbox.list(owner_agent=owner).all() == []
    assert thread.approve().status == "done", "in the new owner's name"


def test_decided_by_its_id_alone(client: AxmeClient, thread: InboxThread) -> None:
    assert client.approvals.approve(thread.intent_id, "fine").decision == "approve"
    assert thread.refresh().status == "done"


def test_how_it_ended_arrives_in_the_inbox_of_reply_to(client: AxmeClient, owner: str) -> None:
    client.intents.create("order.v1", to="nobody", reply_to=owner).complete({"n": 1})
    told = client.inbox.list(owner_agent=owner).first()
    assert told is not None
    assert any("completion" in entry.details or entry.event_type == "intent_completed" for entry in told.timeline)


def test_an_agent_with_a_key_of_its_own(client: AxmeClient, gateway: LocalGateway) -> None:
    name = f"agent-{uuid.uuid4().hex[:8]}"
    agent = client.agents.create(name, display_name="Shipping")
    assert client.agents.create(name) == agent
    assert client.agents.get(name) == client.agents.get(agent.address) == agent
    assert agent in client.agents.list()
    assert agent.display_name == "Shipping"
    key = agent.create_key(expires=timedelta(days=1))
    with gateway.client(api_key=key.reveal()) as own, own.agents.handle(name).listen(timeout=10) as deliveries:
        sent = agent.send("order.v1", {"n": 1})
        assert next(deliveries).complete({"n": 2}).id == sent.id
        assert key.revoke().status == "revoked"
        with pytest.raises(AxmeAuthenticationError):
            own.intents.list()
    assert sent.refresh().result == {"n": 2}


def test_deliveries_that_are_still_open_come_again(client: AxmeClient) -> None:
    agent = client.agents.create(f"agent-{uuid.uuid4().hex[:8]}")
    sent = [agent.send("order.v1", {"n": n}) for n in range(3)]
    with agent.listen(timeout=10) as deliveries:
        assert next(deliveries) == sent[0]
        place = deliveries.cursor
    with agent.listen(since=place, timeout=10) as deliveries:
        assert [next(deliveries), next(deliveries)] == sent[1:]
    sent[0].cancel()
    with agent.listen(timeout=10) as deliveries:
        assert next(deliveries) == sent[1]


def test_service_accounts(client: AxmeClient) -> None:
    name = f"account-{uuid.uuid4().hex[:8]}"
    account = client.service_accounts.create(name, description="ships")
    with pytest.raises(AxmeConflictError):
        client.service_accounts.create(name)
    assert client.service_accounts.get(account.id).description == "ships"
    assert account in client.service_accounts.list()
    key = account.create_key()
    assert account.revoke_key(key.id).status == "revoked"
    account.delete()
    with pytest.raises(AxmeNotFoundError):
        account.create_key()
