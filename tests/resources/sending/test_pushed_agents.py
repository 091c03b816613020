"""Agents whose intents are posted to them: signed, tried again, refused at the last moment, through a real gateway."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from axme import (
    Agent,
    AxmeClient,
    AxmeClientConfig,
    AxmeConflictError,
    AxmeNotFoundError,
    AxmeValidationError,
    IntentStatus,
)
from axme.gateway import LocalGateway
from axme.webhooks import SignatureError, verify
from tests.gateway.delivery.target import Server, answering, serving
from tests.plain import until


def posted(server: Server, secret: str) -> list[dict[str, Any]]:
    """The messages that arrived, their signatures checked."""
    found = []
    for request in server.requests:
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        message = verify(body, headers, secret, tolerance=None)
        assert headers["Idempotency-Key"] == headers["webhook-id"] == message["delivery_id"]
        found.append(message)
    return found


def failures(client: AxmeClient, intent_id: str) -> list[dict[str, Any]]:
    events = client.intents.get(intent_id).events()
    return [event.details for event in events if event.event_type == "intent.delivery_failed"]


def test_an_intent_is_posted_signed_and_acknowledged(sender: LocalGateway, client: AxmeClient, shop: Agent) -> None:
    with serving(answering("202 Accepted")) as server:
        binding = shop.deliver_to(server.url)
        secret = binding.reveal()
        assert (binding.delivery_mode, binding.callback_url, binding.secret_hint) == (
            "http", server.url, f"…{secret[-4:]}",
        )  # fmt: skip
        intent = client.intents.create("order.v1", to=shop, payload={"n": 1})
        until(lambda: intent.refresh().status is IntentStatus.ACKNOWLEDGED)
        (message,) = posted(server, secret)
        assert (message["type"], message["attempt"], message["to_agent"]) == ("intent.delivered", 1, shop.address)
        assert (message["data"]["intent_id"], message["data"]["payload"]) == (intent.id, {"n": 1})
        config = AxmeClientConfig(api_key=shop.create_key().reveal(), base_url=sender.base_url)
        with AxmeClient(config) as own:
            own.intents.handle(intent.id).complete({"ok": True})
        assert intent.refresh().status is IntentStatus.COMPLETED
        delivery = next(row for row in client.deliveries.list() if row.raw["intent_id"] == intent.id)
        assert (delivery.status, delivery.alias) == ("delivered", shop.address)
        shop.deliver_to(None)
        assert shop.delivery.delivery_mode == "stream"
        client.intents.create("order.v1", to=shop)
        sender.advance(timedelta(minutes=1))
        assert len(server.requests) == 1


def test_a_failing_endpoint_is_tried_again_until_the_intent_fails(
    sender: LocalGateway, client: AxmeClient, shop: Agent
) -> None:
    with serving(answering("500 No")) as server:
        secret = shop.deliver_to(server.url).reveal()
        intent = client.intents.create("order.v1", to=shop, max_delivery_attempts=3)
        until(lambda: failures(client, intent.id))
        for _ in range(4):
            sender.advance(timedelta(minutes=1))
        messages = posted(server, secret)
        assert [message["attempt"] for message in messages] == [1, 2, 3]
        assert len({message["delivery_id"] for message in messages}) == 1
    told = failures(client, intent.id)
    assert [(each["delivery_attempt"], each["http_status"], each["reason"]) for each in told] == [
        (attempt, 500, "http_status") for attempt in (1, 2, 3)
    ]
    intent.refresh()
    assert (intent.status, intent.raw["error"]["code"]) == (IntentStatus.FAILED, "delivery_failed")
    delivery = client.deliveries.get(messages[0]["delivery_id"])
    assert (delivery.status, len(delivery.attempts)) == ("dead_lettered", 3)


def test_a_replay_posts_what_is_open_anew(sender: LocalGateway, client: AxmeClient, shop: Agent) -> None:
    with serving(answering("410 Gone", "200 OK")) as server:
        secret = shop.deliver_to(server.url).reveal()
        intent = client.intents.create("order.v1", to=shop)
        until(lambda: intent.refresh().status is IntentStatus.FAILED)
        second = client.intents.create("order.v1", to=shop)
        until(lambda: second.refresh().status is IntentStatus.ACKNOWLEDGED)
        ids = [message["delivery_id"] for message in posted(server, secret)]
        client.deliveries.get(ids[1]).replay()
        until(lambda: len(server.requests) == 3)
        assert posted(server, secret)[2]["data"]["intent_id"] == second.id


def test_policies_and_the_mesh_are_asked_at_the_moment_of_delivery(
    sender: LocalGateway, client: AxmeClient, shop: Agent
) -> None:
    with serving(answering("500 No", "200 OK")) as server:
        shop.deliver_to(server.url)
        intent = client.intents.create("order.v1", to=shop)
        until(lambda: failures(client, intent.id))
        shop.kill()
        sender.advance(timedelta(seconds=10))
        assert (len(server.requests), failures(client, intent.id)[-1]["message"]) == (1, "policy_denied: agent_killed")
        shop.resume()
        shop.send_policy.set("denylist")
        shop.send_policy.add("agent://local/*")
        sender.advance(timedelta(minutes=1))
        denied = failures(client, intent.id)[-1]
        assert (denied["reason"], denied["message"]) == ("policy_denied", "policy_denied: send_policy_denied")
        assert len(server.requests) == 1
        shop.send_policy.set("open")
        sender.advance(timedelta(minutes=5))
        assert len(server.requests) == 2
        assert intent.refresh().status is IntentStatus.ACKNOWLEDGED


def test_a_paused_intent_waits_and_an_ended_one_is_not_posted(
    sender: LocalGateway, client: AxmeClient, shop: Agent
) -> None:
    with serving(answering("500 No", "200 OK")) as server:
        shop.deliver_to(server.url)
        paused, ended = (client.intents.create("order.v1", to=shop) for _ in range(2))
        until(lambda: len(server.requests) == 2)
        until(lambda: ended.refresh().status is not IntentStatus.DELIVERED or failures(client, ended.id))
        other = next(one for one in (paused, ended) if one.refresh().status is IntentStatus.DELIVERED)
        other.cancel()
        sender.advance(timedelta(minutes=10))
        assert len(server.requests) == 2


def test_the_secret_of_an_agent_is_followed_by_another(client: AxmeClient, shop: Agent) -> None:
    with serving(answering("200 OK")) as server:
        binding = shop.deliver_to(server.url)
        first = binding.reveal()
        second = binding.rotate_secret(overlap=timedelta(hours=1)).reveal()
        client.intents.create("order.v1", to=shop)
        until(lambda: server.requests)
        assert posted(server, first) == posted(server, second)
        with pytest.raises(SignatureError):
            posted(server, "neither of the two")
        assert shop.deliver_to(server.url).secret_hint == f"…{second[-4:]}"
        shown = json.dumps(client.transports.list().first().raw) if client.transports.list() else ""
        assert "whsec_" not in shown


def test_what_is_no_binding(client: AxmeClient, shop: Agent) -> None:
    for url in ("ftp://example.com/", "https://user@example.com/", "https://" + "a" * 250):
        with pytest.raises(AxmeValidationError):
            shop.deliver_to(url)
    with pytest.raises(AxmeNotFoundError):
        client.agents.handle("nobody-here").deliver_to("https://example.com/")


def test_what_is_posted_is_not_claimed(client: AxmeClient, shop: Agent) -> None:
    shop.deliver_to("https://example.com/")
    with pytest.raises(AxmeConflictError, match=r"deliver_to\(None\)"):
        client.claim_deliveries(shop.address, {"worker_id": "w"})
    shop.deliver_to(None)
    assert client.claim_deliveries(shop.address, {"worker_id": "w"})["claims"] == []
