"""Counting and roll-ups on the store itself, on both databases, and with a clock that is moved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, text

from axme.contract.clock import MovableClock
from axme.contract.metering import Dimension
from axme.gateway import LocalGateway
from axme.gateway.actions import metering, usage
from axme.gateway.actions.bootstrap import first_boot
from axme.gateway.auth import keys
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy.periods import day_of
from axme.gateway.policy.quotas import DEFAULTS
from axme.gateway.store import Store, Tx
from axme.gateway.store.queries import quotas
from axme.gateway.store.tables import metadata
from tests import databases
from tests.plain import admin, refused

pytestmark = pytest.mark.slow

INTENTS = Dimension.INTENTS
START = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Bench:
    """A store with one workspace in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = MovableClock(START)
        self.store = Store.open(url, self.clock)
        first = self.store.write_sync(first_boot)
        assert first is not None
        who = self.store.read_sync(lambda tx: keys.authenticate(tx, first.api_key))
        assert who is not None
        self.who: Identity = who

    def spend(self, amount: int = 1, dimension: Dimension = INTENTS) -> None:
        self.store.write_sync(lambda tx: metering.spend(tx, self.who, dimension, amount))

    def limit(self, ceiling: int, beyond: str = "refuse") -> None:
        policy = {
            "workspace_id": self.who.workspace_id, "quota_policy_id": "q", "soft_threshold_percent": 80,
            "hard_enforcement": 1, "overage_mode": "block", "updated_by_actor_id": None, "updated_at": 0,
        }  # fmt: skip
        row = {"workspace_id": self.who.workspace_id, "ceiling": ceiling, "soft": ceiling, "beyond": beyond}

        def save(tx: Tx) -> None:
            tx.run(quotas.SAVE_POLICY, policy)
            tx.run_many(quotas.SAVE_LIMIT, [row | {"dimension": name.value} for name in Dimension])

        self.store.write_sync(save)

    def used(self, dimension: Dimension = INTENTS, days_ago: int = 0) -> int:
        def read(tx: Tx) -> int:
            day = day_of(tx.now) - days_ago
            return usage.by_day(tx, self.who.workspace_id, day, day)[day].get(dimension.value, 0)

        return self.store.read_sync(read)


def differences(url: str) -> list[object]:
    """How the tables of this family differ from what the migrations made."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        changes = compare_metadata(MigrationContext.configure(connection), metadata)
    return [change for change in changes if any(word in str(change) for word in ("quota", "usage", "billing"))]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(databases.url(tmp_path))
    yield made
    made.store.close()


def test_transactions_count_side_by_side_on_postgresql(postgres_url: str) -> None:
    bench = Bench(postgres_url)
    try:
        threads = [threading.Thread(target=lambda: [bench.spend() for _ in range(25)]) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert bench.used() == 150
        bench.limit(150)
        with pytest.raises(GatewayError, match="150 of 150"):
            bench.spend()
        before = bench.used()
        bench.store.write_sync(usage.close_all)
        assert bench.used() == before == 150
    finally:
        bench.store.close()
    assert differences(postgres_url.replace("postgresql://", "postgresql+psycopg://")) == []


def test_migrations_make_the_tables_the_code_has(bench: Bench) -> None:
    assert differences(bench.url) == []


def test_a_refused_amount_is_not_counted(bench: Bench) -> None:
    bench.limit(10)
    bench.spend(7)
    with pytest.raises(GatewayError) as caught:
        bench.spend(4)
    assert caught.value.code.code == "quota_exceeded"
    assert caught.value.details == {
        "dimension": "intents_per_day", "used": 7, "limit": 10, "reset_at": "2026-11-23T00:00:00.000000Z",
    }  # fmt: skip
    bench.spend(3)
    assert bench.used() == 10


def test_a_new_day_begins_at_nothing(bench: Bench) -> None:
    bench.limit(2)
    bench.spend(2)
    bench.clock.advance(timedelta(hours=11, minutes=59))
    with pytest.raises(GatewayError):
        bench.spend()
    bench.clock.advance(timedelta(minutes=1))
    bench.spend()
    assert (bench.used(), bench.used(days_ago=1)) == (1, 2)


def test_storage_sinks_and_has_no_day(bench: Bench) -> None:
    bench.limit(100)
    bench.spend(90, Dimension.MEDIA_STORAGE)
    bench.clock.advance(timedelta(days=3))
    with pytest.raises(GatewayError) as caught:
        bench.spend(20, Dimension.MEDIA_STORAGE)
    assert caught.value.details is not None
    assert caught.value.details["reset_at"] is None
    bench.spend(-50, Dimension.MEDIA_STORAGE)
    bench.spend(20, Dimension.MEDIA_STORAGE)
    assert bench.used(Dimension.MEDIA_STORAGE) == 60
    bench.store.write_sync(usage.close_all)
    assert bench.used(Dimension.MEDIA_STORAGE, days_ago=1) == 60


def test_what_goes_beyond_is_billed_once(bench: Bench) -> None:
    bench.limit(5, "bill")
    bench.spend(4)
    bench.spend(4)
    bench.spend(2)
    today = day_of(bench.store.read_sync(lambda tx: tx.now))
    assert bench.store.read_sync(lambda tx: usage.overage(tx, bench.who.workspace_id, today, today)) == 5


def test_the_soft_threshold_is_in_the_audit_trail_once(bench: Bench) -> None:
    soft = DEFAULTS[INTENTS].soft
    bench.spend(soft - 1)
    bench.spend(1)
    bench.spend(1)
    found = bench.store.read_sync(
        lambda tx: tx.query(text("SELECT details FROM audit_events WHERE action = 'quota.threshold'"))
    )
    assert len(found) == 1
    assert str(soft) in found[0]["details"]


def test_a_refusal_is_in_the_audit_trail(bench: Bench) -> None:
    bench.limit(0)
    with pytest.raises(GatewayError):
        bench.spend()
    found = bench.store.read_sync(
        lambda tx: tx.query(text("SELECT outcome, target FROM audit_events WHERE action = 'quota.exceeded'"))
    )
    assert found == [{"outcome": "refused", "target": "intents_per_day"}]


def test_rolling_up_changes_no_number(bench: Bench) -> None:
    for amount in (3, 4, 5):
        bench.spend(amount)
        bench.clock.advance(timedelta(days=1))
    before = [bench.used(days_ago=days) for days in range(5)]
    for _ in range(2):
        bench.store.write_sync(usage.close_all)
        assert [bench.used(days_ago=days) for days in range(5)] == before == [0, 5, 4, 3, 0]
    assert bench.store.read_sync(lambda tx: tx.query(text("SELECT * FROM usage_counts"))) == []


def test_the_gateway_rolls_up_every_night(movable_gateway: LocalGateway) -> None:
    with admin(movable_gateway) as calls:
        calls.create()
        movable_gateway.advance(timedelta(days=2))
        assert calls.post("/v1/usage/rollups/daily")["rollup"]["days_rolled_up"] == 0, "it was done already"
        points = calls.get("/v1/usage/timeseries", window_days=3)["series"]["points"]
        assert [point["dimensions"]["intents_per_day"] for point in points] == [1, 0, 0]


def test_past_invoices_do_not_follow_a_new_plan(movable_gateway: LocalGateway) -> None:
    plan = {"plan_code": "one", "currency": "EUR", "monthly_commit_minor": 100}
    with admin(movable_gateway) as calls:
        calls.send("PATCH", "/v1/billing/plan", json=plan)
        movable_gateway.advance(timedelta(days=31))
        (draft, issued) = calls.get("/v1/billing/invoices")["invoices"]
        assert (draft["status"], issued["status"]) == ("draft", "issued")
        assert issued["due_at"] > issued["issued_at"] == issued["period_end"]
        calls.send("PATCH", "/v1/billing/plan", json=plan | {"monthly_commit_minor": 900})
        (draft, same) = calls.get("/v1/billing/invoices")["invoices"]
        assert (draft["total_minor"], same) == (900, issued)


def test_inbox_writes_count_and_reads_do_not(movable_gateway: LocalGateway) -> None:
    with admin(movable_gateway) as calls:
        calls.create("owner", human_task={"title": "Approve", "task_type": "approval"})
        (thread,) = calls.get("/v1/inbox", owner_agent="owner")["threads"]
        path = f"/v1/inbox/{thread['thread_id']}"
        calls.send("PATCH", "/v1/quotas", json={"dimensions": {"inbox_writes_per_day": 2}})
        for _ in range(3):
            calls.get(path, owner_agent="owner")
            calls.post(f"{path}/read?owner_agent=owner")
        calls.post(f"{path}/reply?owner_agent=owner", {"message": "well"})
        refused(calls.send("POST", f"{path}/approve?owner_agent=owner", json={}), 429, "quota_exceeded")
        shown = calls.get(path, owner_agent="owner")["thread"]
        assert shown["status"] == "active", "what was refused did not happen"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/v1/quotas", {"dimensions": {"intents_per_day": -1}}),
        ("PATCH", "/v1/quotas", {"dimensions": {"intents_per_day": "5"}}),
        ("PATCH", "/v1/quotas", {"overage_mode": "sometimes"}),
        ("PATCH", "/v1/quotas", {"soft_threshold_percent": 0}),
        ("GET", "/v1/usage/summary?window=year", None),
        ("GET", "/v1/usage/timeseries?window_days=91", None),
        ("PATCH", "/v1/billing/plan", {"plan_code": "x"}),
        ("PATCH", "/v1/billing/plan", {"plan_code": "pro", "currency": "EUR", "monthly_commit_minor": -1}),
        ("GET", "/v1/billing/invoices?status=lost", None),
    ],
)
def test_what_makes_no_sense_is_refused(gateway: LocalGateway, method: str, path: str, body: object) -> None:
    with admin(gateway) as calls:
        refused(calls.send(method, path, json=body), 422, "validation_error")
