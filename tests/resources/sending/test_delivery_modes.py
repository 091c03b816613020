"""The ways in which an agent gets its intents: each does what it says, and deliveries show which it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from axme import Agent, AxmeClient, AxmeClientConfig, Delivery, Intent, IntentStatus
from axme.gateway import LocalGateway


def by_stream(own: AxmeClient, shop: Agent) -> str:
    with own.agents.handle(shop.address).listen(timeout=20) as arriving:
        return next(arriving).id


def by_poll(own: AxmeClient, shop: Agent) -> str:
    (found,) = own.list_intents(status="pending")["intents"]
    assert found["to_agent"] == shop.address
    return str(found["intent_id"])


def by_inbox(own: AxmeClient, shop: Agent) -> str:
    thread = own.inbox.list().first()
    assert thread is not None
    assert thread.intent_id is not None
    return thread.intent_id


def only_delivery(client: AxmeClient, shop: Agent) -> Delivery:
    (found,) = [delivery for delivery in client.deliveries.list() if delivery.alias == shop.address]
    return found


WAYS = {"stream": by_stream, "poll": by_poll, "inbox": by_inbox}


@pytest.fixture
def own(sender: LocalGateway, shop: Agent) -> AxmeClient:
    """The program of the agent."""
    return AxmeClient(AxmeClientConfig(api_key=shop.create_key().reveal(), base_url=sender.base_url))


@pytest.mark.parametrize("mode", WAYS)
def test_an_agent_finds_its_intent_where_it_says_and_the_delivery_says_so(
    mode: str, client: AxmeClient, shop: Agent, own: AxmeClient
) -> None:
    find: Callable[[AxmeClient, Agent], str] = WAYS[mode]
    assert shop.deliver_to(None, mode=mode).delivery_mode == mode
    sent = client.intents.create("order.v1", to=shop)
    delivery = only_delivery(client, shop)
    assert (delivery.delivery_mode, delivery.transport_type, delivery.status) == (mode, "queue", "delivered")
    assert (delivery.intent_id, [attempt.outcome for attempt in delivery.attempts]) == (sent.id, ["delivered"])
    assert shop.delivery.delivery_mode == mode
    if mode != "stream":
        assert "looks for it in" in sent.explain().because[-1]
    with own:
        assert find(own, shop) == sent.id
        assert own.intents.handle(sent.id).complete({"done": True}).status is IntentStatus.COMPLETED


def test_what_is_handed_out_again_is_another_delivery(client: AxmeClient, shop: Agent, own: AxmeClient) -> None:
    shop.deliver_to(None, mode="poll")
    sent: Intent = client.intents.create("order.v1", to=shop)
    again = only_delivery(client, shop).replay()
    assert (again.replay_of_delivery_id is not None, again.delivery_mode) == (True, "poll")
    with own, own.agents.handle(shop.address).listen(timeout=20) as arriving:
        assert [next(arriving).id, next(arriving).id] == [sent.id, sent.id]


def test_a_transport_binding_chooses_the_way(client: AxmeClient, shop: Agent) -> None:
    shop.deliver_to(None)
    assert shop.delivery.delivery_mode == "stream"
    principal = client.aliases.resolve(shop.address)
    principal.transports.bind("queue", "inbox", priority=1)
    for binding in principal.transports.list():
        if binding.transport_handle == "stream":
            binding.remove()
    assert shop.delivery.delivery_mode == "inbox"
    principal.transports.bind("queue", "queue://elsewhere", priority=1)
    assert shop.delivery.delivery_mode == "inbox", "a handle that is no way to deliver changes nothing"
    assert shop.deliver_to(None, mode="poll").delivery_mode == "poll"
