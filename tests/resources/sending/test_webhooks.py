"""Webhooks from the subscription to the receiver and back, through objects against a real gateway."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from axme import Agent, AxmeClient, AxmeConflictError, AxmeNotFoundError, AxmeValidationError
from axme.contract import signing
from axme.gateway import LocalGateway
from tests.gateway.delivery.target import Server, answering, serving
from tests.plain import until

SECRET = "a secret of my own, long enough"


def received(server: Server) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """Headers and message of each request, its signature checked."""
    found = []
    for request in server.requests:
        head, _, body = request.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        low = {name.lower(): value for name, value in headers.items()}
        assert signing.check(SECRET, headers, body, now=float(low["webhook-timestamp"])) == low["webhook-id"]
        found.append((low, json.loads(body)))
    return found


def test_the_life_of_an_intent_is_told(client: AxmeClient, shop: Agent) -> None:
    with serving(answering("204 No Content")) as server:
        subscription = client.webhooks.subscribe(
            server.url, ["intent.*", "inbox.thread_created"], secret=SECRET, owner=shop.address
        )
        assert (subscription.active, subscription.secret_hint) == (True, "…ough")
        intent = client.intents.create("order.v1", to=shop, payload={"n": 1})
        intent.complete({"parcels": 2})
        until(lambda: len(server.requests) == 6)
        told = [message for _, message in received(server)]
        assert sorted(message["type"] for message in told) == [
            "inbox.thread_created",
            "intent.completed",
            "intent.created",
            "intent.delivered",
            "intent.in_progress",
            "intent.submitted",
        ]
        assert {message["data"]["intent_id"] for message in told} == {intent.id}
        assert {message["owner_agent"] for message in told} == {shop.address}


def test_an_inbox_tells_of_its_threads(client: AxmeClient) -> None:
    with serving(answering("200 OK")) as server:
        types = ["inbox.thread_created", "inbox.thread_updated", "inbox.reply_received"]
        subscription = client.webhooks.subscribe(server.url, types, secret=SECRET)
        intent = client.intents.create("order.v1", to="admin")
        thread = next(thread for thread in client.inbox.list() if thread.intent_id == intent.id)
        thread.reply("one moment")
        thread.approve("done")
        until(lambda: len(server.requests) == 3)
        assert sorted(message["type"] for _, message in received(server)) == sorted(types)
        subscription.delete()
        client.intents.create("order.v1", to="admin")
        with pytest.raises(AxmeNotFoundError):
            subscription.delete()
    assert subscription.id not in [one.id for one in client.webhooks.list()]
    assert subscription.id in [one.id for one in client.webhooks.list(include_inactive=True)]


def test_tries_are_repeated_and_given_up_and_replayed(sender: LocalGateway, client: AxmeClient, shop: Agent) -> None:
    with serving(answering("500 No")) as server:
        client.webhooks.subscribe(server.url, ["invite.accepted"], secret=SECRET, owner=shop.address)
        event = client.webhooks.publish("invite.accepted", {"n": 1}, source="tests", owner=shop.address)
        assert (event.queued_deliveries, event.pending, event.processed_deliveries) == (1, 1, 0)
        with pytest.raises(AxmeConflictError):
            event.replay()
        for _ in range(5):
            sender.advance(timedelta(days=1))
        assert len(server.requests) == 10
        assert {headers["webhook-id"] for headers, _ in received(server)} == {event.id}
        event.replay()
        assert (event.queued_deliveries, event.dead_lettered, event.pending) == (2, 1, 1)
    other = client.webhooks.event(event.id)
    with pytest.raises(AxmeNotFoundError):
        other.replay()


def test_an_endpoint_that_is_gone_is_told_nothing_more(sender: LocalGateway, client: AxmeClient, shop: Agent) -> None:
    with serving(answering("410 Gone")) as server:
        subscription = client.webhooks.subscribe(server.url, ["invite.accepted"], owner=shop.address)
        client.webhooks.publish("invite.accepted", {}, source="tests", owner=shop.address)
        until(lambda: not subscription.refresh().active)
        event = client.webhooks.publish("invite.accepted", {}, source="tests", owner=shop.address)
        assert event.queued_deliveries == 0
        subscription.update(active=True)
        assert client.webhooks.list(owner=shop.address).all() == [subscription]
        head = server.requests[0].lower()
        assert b"webhook-id" in head
        assert b"webhook-signature" in head, "a secret is made where none was given"


def test_a_url_has_one_subscription(client: AxmeClient, shop: Agent) -> None:
    url = "https://example.com/in"
    first = client.webhooks.subscribe(url, ["intent.failed"], secret=SECRET, owner=shop.address)
    second = client.webhooks.subscribe(url, ["intent.*"], description="all of it", owner=shop.address)
    assert first == second
    assert (second.event_types, second.description, second.secret_hint) == (["intent.*"], "all of it", "…ough")
    assert SECRET not in repr(second.raw)


@pytest.mark.parametrize(
    ("url", "types", "secret"),
    [
        ("https://example.com", ["intent.exploded"], None),
        ("https://example.com", [], None),
        ("ftp://example.com", ["intent.*"], None),
        ("https://user@example.com/", ["intent.*"], None),
        ("https://example.com", ["intent.*"], "too short"),
    ],
)
def test_what_is_no_subscription(client: AxmeClient, url: str, types: list[str], secret: str | None) -> None:
    with pytest.raises(AxmeValidationError):
        client.webhooks.subscribe(url, types, secret=secret)
