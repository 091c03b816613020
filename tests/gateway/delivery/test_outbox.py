"""What reaches outside: taken once, seen through, taken again after a crash; on both databases where they differ."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from axme.contract.clock import Clock, MovableClock, SystemClock
from axme.contract.schemas.aliases import AliasBind
from axme.contract.schemas.deliveries import DeliveryReconcile
from axme.contract.schemas.principals import PrincipalCreate
from axme.contract.schemas.routing import RouteRegister
from axme.contract.schemas.transports import BindingUpsert
from axme.gateway.actions import aliases, deliveries, delivery_operations, outside, principals, routing, transports
from axme.gateway.actions.bootstrap import first_boot
from axme.gateway.auth import keys
from axme.gateway.delivery.outbox import Outbox
from axme.gateway.lifecycle.pushing import Outcome, Push, Verdict
from axme.gateway.store import Store, Tx
from tests import databases
from tests.plain import until

T = TypeVar("T")
GOOD = Outcome(Verdict.DELIVERED, "HTTP 200", 200)
BAD = Outcome(Verdict.RETRY, "HTTP 500", 500)


class Bench:
    """A store with one principal in it, who is reached by http."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = url
        self.store = Store.open(url, clock)
        first = self.store.write_sync(first_boot)
        assert first is not None
        who = self.store.read_sync(lambda tx: keys.authenticate(tx, first.api_key))
        assert who is not None
        self.who = who
        body = PrincipalCreate().load({"principal_type": "user"})
        self.principal_id: str = self.do(principals.create, body)["principal"]["principal_id"]
        self.route("https://hooks.example.com/")

    def do(self, action: Callable[..., T], *args: Any, **options: Any) -> T:
        return self.store.write_sync(lambda tx: action(tx, self.who, *args, **options))

    def route(self, url: str, **fields: Any) -> None:
        body = {"principal_id": self.principal_id, "transport_type": "http", "endpoint_url": url, "auth_mode": "none"}
        self.do(routing.register, RouteRegister().load(body | fields))

    def submit(self, n: int = 1) -> str:
        body = {"principal_id": self.principal_id, "payload": {"n": n}}
        delivery_id: str = self.do(deliveries.submit, body, correlation_id=None)["delivery"]["delivery_id"]
        return delivery_id

    def status(self, delivery_id: str) -> tuple[str, int]:
        found = self.do(deliveries.get, delivery_id)["delivery"]
        return found["status"], found["attempt_count"]

    def take(self) -> outside.Errand | None:
        return self.store.write_sync(outside.take)

    def settle(self, errand: outside.Errand, outcome: Outcome) -> None:
        self.store.write_sync(lambda tx: outside.settle(tx, errand, outcome))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def bench(ready_url: str, clock: MovableClock) -> Iterator[Bench]:
    made = Bench(ready_url, clock)
    yield made
    made.store.close()


@pytest.fixture
def lite(tmp_path: Path, clock: MovableClock) -> Iterator[Bench]:
    """The same where the database makes no difference."""
    made = Bench(databases.url(tmp_path), clock)
    yield made
    made.store.close()


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Bench]:
    """The same on the real clock."""
    made = Bench(databases.url(tmp_path), SystemClock())
    yield made
    made.store.close()


def test_a_job_is_taken_by_one_and_ends_with_its_delivery(bench: Bench) -> None:
    delivery_id = bench.submit()
    errand = bench.take()
    assert errand is not None
    assert errand.push is not None
    assert errand.push.url == "https://hooks.example.com/"
    assert bench.take() is None, "it is taken"
    bench.settle(errand, GOOD)
    assert bench.status(delivery_id) == ("delivered", 1)
    assert bench.store.read_sync(outside.microseconds_to_next) is None


def test_what_a_crash_left_is_taken_again_and_the_late_one_counts_for_nothing(
    bench: Bench, clock: MovableClock
) -> None:
    delivery_id = bench.submit()
    crashed = bench.take()
    assert crashed is not None
    clock.advance(timedelta(seconds=59))
    assert bench.take() is None, "the lease holds"
    clock.advance(timedelta(seconds=2))
    second = bench.take()
    assert second is not None
    bench.settle(crashed, BAD)
    assert bench.status(delivery_id) == ("submitted", 0), "its lease has run out"
    bench.settle(second, GOOD)
    bench.settle(second, BAD)
    assert bench.status(delivery_id) == ("delivered", 1)


def test_a_delivery_called_off_meanwhile_stays_as_it_ended(lite: Bench, clock: MovableClock) -> None:
    delivery_id = lite.submit()
    errand = lite.take()
    assert errand is not None
    clock.advance(timedelta(seconds=10))
    body = DeliveryReconcile().load({"max_pending_age_seconds": 5})
    assert lite.do(delivery_operations.reconcile, body)["delivery_ids"] == [delivery_id]
    lite.settle(errand, GOOD)
    assert lite.status(delivery_id) == ("dead_lettered", 0)


def test_failover_into_a_queue_leaves_the_outbox(lite: Bench, clock: MovableClock) -> None:
    lite.route("https://first.example.com/", priority=1, failover_policy="cross_region")
    lite.route("queue://spare", transport_type="queue", priority=2)
    delivery_id = lite.submit()
    errand = lite.take()
    assert errand is not None
    lite.settle(errand, BAD)
    clock.advance(timedelta(minutes=1))
    second = lite.take()
    assert second is not None
    assert second.push is None, "nothing is posted any more"
    assert lite.take() is None
    assert lite.status(delivery_id) == ("pending", 1)
    assert lite.do(deliveries.acknowledge, delivery_id)["delivery"]["status"] == "delivered"


def test_lists_and_counts(bench: Bench, clock: MovableClock) -> None:
    made = []
    for n in range(5):
        made.append(bench.submit(n))
        clock.advance(timedelta(seconds=1))
    where = {"org_id": None, "workspace_id": None, "principal_id": bench.principal_id, "status": None}
    listed = bench.do(deliveries.list_deliveries, **where, limit=3)["deliveries"]
    assert [row["delivery_id"] for row in listed] == made[:1:-1]
    counted = bench.do(delivery_operations.operations, org_id=None, workspace_id=None, window_hours=1)
    assert (counted["total"], counted["by_status"]["submitted"], counted["by_transport"]) == (5, 5, {"http": 5})
    clock.advance(timedelta(hours=1))
    counted = bench.do(delivery_operations.operations, org_id=None, workspace_id=None, window_hours=1)
    assert counted["total"] == 0
    assert counted["oldest_open_at"] == bench.do(deliveries.get, made[0])["delivery"]["created_at"]


def test_a_name_asked_for_by_many_at_once_has_one_bearer(bench: Bench) -> None:
    others = [bench.do(principals.create, {"principal_type": "user", "metadata": {}}) for _ in range(8)]
    answers: list[str] = []

    def ask(principal_id: str) -> None:
        body = AliasBind().load({"principal_id": principal_id, "alias": "support", "alias_type": "service"})
        try:
            answers.append(bench.do(aliases.bind, body)["alias"]["principal_id"])
        except Exception as refusal:
            answers.append(str(refusal).partition(":")[0])

    threads = [threading.Thread(target=ask, args=(other["principal"]["principal_id"],)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("duplicate") == 7


def test_a_binding_is_changed_in_place(bench: Bench) -> None:
    body = {"principal_id": bench.principal_id, "transport_type": "matrix", "transport_handle": "@ann"}
    first = bench.do(transports.upsert, BindingUpsert().load(body))["binding"]
    second = bench.do(transports.upsert, BindingUpsert().load(body | {"priority": 3}))["binding"]
    assert (second["binding_id"], second["priority"], second["created_at"]) == (
        first["binding_id"],
        3,
        first["created_at"],
    )


def test_an_outbox_sends_what_comes_at_once(real: Bench) -> None:
    sent: list[Push] = []

    def send(push: Push) -> Outcome:
        sent.append(push)
        return GOOD

    outbox = Outbox(real.store, send, threads=2)
    real.store.on_commit = outbox.notice
    outbox.start()
    made = [real.submit(n) for n in range(10)]
    until(lambda: all(real.status(found) == ("delivered", 1) for found in made))
    outbox.stop()
    assert len(sent) == 10
    real.submit()
    assert len(sent) == 10, "a stopped one sends nothing"


def test_two_outboxes_share_the_work(bench: Bench) -> None:
    sent: list[str] = []

    def send(push: Push) -> Outcome:
        sent.append(push.headers["Idempotency-Key"])
        return GOOD

    made = [bench.submit(n) for n in range(20)]
    outboxes = [Outbox(bench.store, send) for _ in range(2)]
    threads = [threading.Thread(target=outbox.run_due) for outbox in outboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == sorted(made)


def test_an_outbox_stops_though_the_other_side_hangs(real: Bench) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def send(push: Push) -> Outcome:
        begun.set()
        let_go.wait(10)
        return GOOD

    outbox = Outbox(real.store, send, threads=1)
    real.store.on_commit = outbox.notice
    outbox.start()
    delivery_id = real.submit()
    assert begun.wait(10)
    outbox.stop()
    assert real.status(delivery_id) == ("submitted", 0)
    let_go.set()
    until(lambda: real.status(delivery_id) == ("delivered", 1))


def test_a_fault_of_ours_is_tried_again(lite: Bench, clock: MovableClock) -> None:
    delivery_id = lite.submit()

    def send(push: Push) -> Outcome:
        raise RuntimeError("a fault")

    with pytest.raises(RuntimeError, match="a fault"):
        Outbox(lite.store, send).run_due()
    clock.advance(timedelta(minutes=2))
    assert Outbox(lite.store, lambda push: GOOD).run_due() == 1
    assert lite.status(delivery_id) == ("delivered", 1)


def test_a_job_stands_in_the_transaction_of_its_delivery(lite: Bench) -> None:
    def interrupted(tx: Tx) -> None:
        body = {"principal_id": lite.principal_id, "payload": {}}
        deliveries.submit(tx, lite.who, body, correlation_id=None)
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        lite.store.write_sync(interrupted)
    assert lite.take() is None
