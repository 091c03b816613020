"""Deliveries as objects: posted, queued, repeated and looked after, on a real gateway with a clock of its own."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from axme import (
    AxmeClient,
    AxmeConflictError,
    AxmeIdempotencyWarning,
    AxmeNotFoundError,
    AxmeValidationError,
    Delivery,
    Principal,
)
from axme.gateway import LocalGateway, start
from tests.gateway.delivery.target import Server, answering, serving

LONG = timedelta(hours=2)


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGateway]:
    """A gateway that may post to this machine, and whose clock only the tests move."""
    with start(data_dir=tmp_path_factory.mktemp("sender"), clock="test", allow_local_targets=True) as running:
        yield running


@pytest.fixture(scope="module")
def client(sender: LocalGateway) -> Iterator[AxmeClient]:
    with sender.client() as made:
        yield made


@pytest.fixture
def ann(client: AxmeClient) -> Principal:
    return client.principals.create("user", display_name="Ann")


def settled(delivery: Delivery, attempts: int = 1) -> Delivery:
    deadline = time.monotonic() + 10
    while (delivery.refresh().attempt_count or 0) < attempts and delivery.status in ("submitted", "pending"):
        assert time.monotonic() < deadline, f"{delivery} did not settle"
        time.sleep(0.01)
    return delivery


def _body(server: Server, number: int = -1) -> dict[str, object]:
    body: dict[str, object] = json.loads(server.requests[number].partition(b"\r\n\r\n")[2])
    return body


def test_a_payload_is_posted_to_the_best_route(client: AxmeClient, ann: Principal) -> None:
    name = f"ann-{uuid.uuid4().hex[:8]}"
    ann.aliases.bind(name)
    with serving(answering("200 OK")) as server:
        route = ann.routes.register("http", server.url)
        delivery = client.deliveries.submit({"order": 7}, alias=name, correlation_id="c-17")
        assert (delivery.payload, delivery.alias, delivery.correlation_id) == ({"order": 7}, name, "c-17")
        assert settled(delivery).status == "delivered"
    assert [(found.attempt, found.outcome, found.http_status) for found in delivery.attempts] == [(1, "delivered", 200)]
    assert (delivery.route_id, delivery.transport_type, delivery.error_detail) == (route.id, "http", None)
    body = _body(server)
    assert (body["payload"], body["alias"], body["attempt"]) == ({"order": 7}, name, 1)
    assert f"Idempotency-Key: {delivery.id}".encode() in server.requests[0]
    assert delivery.principal == ann


def test_a_failed_try_is_repeated_until_it_succeeds(sender: LocalGateway, ann: Principal) -> None:
    with serving(answering("500 Oops", "503 Later\r\nRetry-After: 600", "200 OK")) as server:
        ann.routes.register("webhook", server.url)
        delivery = settled(ann.deliver({"n": 1}))
        assert (delivery.status, delivery.error_detail) == ("pending", "try 1: HTTP 500")
        sender.advance(timedelta(seconds=4))
        assert delivery.refresh().attempt_count == 1, "not earlier than planned"
        sender.advance(timedelta(seconds=2))
        assert delivery.refresh().attempt_count == 2
        sender.advance(timedelta(seconds=599))
        assert delivery.refresh().attempt_count == 2, "the other side asked for ten minutes"
        sender.advance(timedelta(seconds=122))
        assert delivery.refresh().status == "delivered"
        assert [found.http_status for found in delivery.attempts] == [500, 503, 200]
        assert [_body(server, number)["attempt"] for number in range(3)] == [1, 2, 3]


def test_a_delivery_that_never_succeeds_is_dead_lettered_and_replayed(sender: LocalGateway, ann: Principal) -> None:
    with serving(answering("500 Oops")) as server:
        route = ann.routes.register("http", server.url)
        delivery = settled(ann.deliver({"n": 1}))
        with pytest.raises(AxmeConflictError, match="once it has ended"):
            delivery.replay()
        for _ in range(5):
            sender.advance(LONG)
        assert (delivery.refresh().status, delivery.attempt_count) == ("dead_lettered", 6)
        assert delivery.error_detail == "try 6: HTTP 500"
        sender.advance(LONG)
        assert server.connections == 6, "and that is all"
    with serving(answering("200 OK")) as server:
        route.update(endpoint_url=server.url)
        again = settled(delivery.replay())
        assert (again.status, again.replay_of, again.payload) == ("delivered", delivery, {"n": 1})
        assert again != delivery
        assert _body(server)["replay_of_delivery_id"] == delivery.id
    assert ann.deliveries.list().all() == [again, delivery]


def test_failover_goes_to_another_route(sender: LocalGateway, ann: Principal) -> None:
    with serving(answering("500 Oops")) as bad, serving(answering("200 OK")) as good:
        first = ann.routes.register("http", bad.url, priority=1, region="eu", failover_policy="cross_region")
        second = ann.routes.register("http", good.url, priority=2, region="us")
        delivery = settled(ann.deliver({"n": 1}))
        sender.advance(timedelta(minutes=1))
        assert delivery.refresh().status == "delivered"
        assert [found.route_id for found in delivery.attempts] == [first.id, second.id]
        assert delivery.route_id == second.id


def test_a_queue_holds_deliveries_until_they_are_acknowledged(sender: LocalGateway, ann: Principal) -> None:
    ann.routes.register("queue", "queue://orders")
    first = ann.deliver({"n": 1})
    sender.advance(timedelta(seconds=1))
    second = ann.deliver({"n": 2})
    waiting = ann.deliveries.list(status="pending")
    assert waiting.all() == [second, first]
    assert [delivery.payload for delivery in waiting] == [{"n": 2}, {"n": 1}]
    assert first.acknowledge().status == "delivered"
    assert first.acknowledge().status == "delivered", "a second time changes nothing"
    assert ann.deliveries.list(status="pending").all() == [second]


def test_what_cannot_be_sent_fails_at_once_and_says_why(ann: Principal) -> None:
    route = ann.routes.register("http", "https://hooks.example.com/", auth_mode="jwt")
    refused = ann.deliver({"n": 1})
    assert (refused.status, refused.error_detail) == (
        "failed",
        "this gateway cannot authenticate with jwt: give the route auth_mode none",
    )
    with pytest.raises(AxmeConflictError, match="only one that is pending in a queue"):
        refused.acknowledge()
    route.remove()
    ann.routes.register("matrix", "@ann:example.org")
    assert "no matrix transport" in (ann.deliver({"n": 1}).error_detail or "")


def test_a_target_that_is_denied_fails_without_a_call(ann: Principal) -> None:
    ann.routes.register("http", "http://169.254.169.254/latest/meta-data/")
    delivery = settled(ann.deliver({"n": 1}))
    assert (delivery.status, delivery.attempt_count) == ("failed", 1)
    assert "nothing was sent" in (delivery.error_detail or "")


def test_a_route_removed_on_the_way_ends_the_delivery(sender: LocalGateway, ann: Principal) -> None:
    with serving(answering("500 Oops")) as server:
        route = ann.routes.register("http", server.url)
        delivery = settled(ann.deliver({"n": 1}))
        route.remove()
        sender.advance(LONG)
        assert (delivery.refresh().status, server.connections) == ("failed", 1)
        with pytest.raises(AxmeNotFoundError, match="no active route"):
            delivery.replay()


def test_what_nobody_takes_is_given_up(sender: LocalGateway, client: AxmeClient) -> None:
    workspace = client.organization.workspaces.create(f"quiet-{uuid.uuid4().hex[:8]}")
    bob = workspace.principals.create("service_agent")
    bob.routes.register("queue", "queue://bob")
    old, taken = bob.deliver({"n": 1}), bob.deliver({"n": 2}).acknowledge()
    sender.advance(timedelta(minutes=10))
    fresh = bob.deliver({"n": 3})
    before = workspace.deliveries.operations(window_hours=1)
    assert (before.total, before.by_status["pending"], before.by_transport) == (3, 2, {"queue": 3})
    assert before.oldest_open_at == old.created_at
    assert workspace.deliveries.reconcile(reason="nobody came") == (old,)
    assert (old.refresh().status, old.error_detail) == ("dead_lettered", "nobody came")
    assert (taken.refresh().status, fresh.refresh().status) == ("delivered", "pending")
    sender.advance(timedelta(minutes=1))
    assert workspace.deliveries.reconcile(older_than=timedelta(seconds=30), target_status="delivered") == (fresh,)
    assert fresh.refresh().status == "delivered"
    assert workspace.deliveries.operations().oldest_open_at is None


def test_giving_up_calls_off_the_tries_to_come(sender: LocalGateway, client: AxmeClient) -> None:
    workspace = client.organization.workspaces.create(f"loud-{uuid.uuid4().hex[:8]}")
    bob = workspace.principals.create("service_agent")
    with serving(answering("500 Oops")) as server:
        bob.routes.register("http", server.url)
        delivery = settled(bob.deliver({"n": 1}))
        sender.advance(timedelta(seconds=3))
        assert workspace.deliveries.reconcile(older_than=timedelta(seconds=1)) == (delivery,)
        sender.advance(LONG)
        assert (delivery.refresh().status, server.connections) == ("dead_lettered", 1)


def test_one_key_one_delivery(client: AxmeClient, ann: Principal) -> None:
    ann.routes.register("queue", "queue://ann")
    key = uuid.uuid4().hex
    first = ann.deliver({"n": 1}, idempotency_key=key)
    assert ann.deliver({"n": 1}, idempotency_key=key) == first
    assert len(ann.deliveries.list()) == 1
    with pytest.warns(AxmeIdempotencyWarning), pytest.raises(AxmeConflictError):
        ann.deliver({"n": 2}, idempotency_key=key)


def test_what_leads_nowhere_is_refused(client: AxmeClient, ann: Principal) -> None:
    with pytest.raises(AxmeNotFoundError, match="no active route"):
        ann.deliver({"n": 1})
    with pytest.raises(AxmeNotFoundError, match="stands for nobody"):
        client.deliveries.submit({"n": 1}, alias="nobody")
    with pytest.raises(AxmeValidationError, match="one of them is needed"):
        client.deliveries.submit({"n": 1})
    with pytest.raises(AxmeNotFoundError):
        client.deliveries.get("dlv_none")
