"""A job that always fails: it stands before no other, is tried more and more seldom, and is parked for all to see."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest

from axme.contract.clock import SystemClock, from_text, to_text
from axme.gateway.actions import audit_trail, jobs
from axme.gateway.actions.intents import change
from axme.gateway.engine import Engine
from axme.gateway.lifecycle.attempts import MOST_ATTEMPTS, back_off
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.store import Store
from axme.gateway.store.queries import jobs as queries
from axme.gateway.store.tx import Row, Tx
from tests import databases, postgres
from tests.gateway.rig import Rig
from tests.gateway.test_engine import due
from tests.plain import until


def planned(rig: Rig, intent_id: str) -> list[Row]:
    """The jobs of an intent."""
    statement = queries.jobs.select().where(queries.jobs.c.intent_id == intent_id)
    return rig.store.read_sync(lambda tx: tx.query(statement))


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """Intents at which every job fails, and with what."""
    bad: dict[str, Exception] = {}
    store_change = change.store_change

    def failing(tx: Tx, intent: Any) -> Any:
        if intent.intent_id in bad:
            raise bad[intent.intent_id]
        return store_change(tx, intent)

    monkeypatch.setattr(jobs, "store_change", failing)
    return bad


def test_a_job_that_fails_lets_the_others_pass(rig: Rig, poison: dict[str, Exception]) -> None:
    bad = rig.create(deadline_at=due(rig, seconds=1))
    good = [rig.create(deadline_at=due(rig, seconds=2)) for _ in range(3)]
    poison[bad] = ValueError("planted")
    rig.advance(seconds=5)
    assert {rig.intent(intent_id)["status"] for intent_id in good} == {"TIMED_OUT"}
    (job,) = planned(rig, bad)
    assert (job["attempts"], job["last_error"], job["held"]) == (1, "ValueError: planted", 0)
    assert rig.intent(bad)["status"] == "DELIVERED"
    assert rig.story(bad) == ["created", "submitted", "delivered"]


def test_it_is_tried_more_and_more_seldom_and_then_parked(
    rig: Rig, poison: dict[str, Exception], caplog: pytest.LogCaptureFixture
) -> None:
    bad = rig.create(deadline_at=due(rig, seconds=1))
    poison[bad] = ValueError("planted")
    rig.advance(seconds=1)
    for attempt in range(1, MOST_ATTEMPTS):
        assert planned(rig, bad)[0]["attempts"] == attempt
        rig.advance(microseconds=back_off(attempt) - 1)
        assert planned(rig, bad)[0]["attempts"] == attempt
        rig.advance(microseconds=1)
    assert rig.advance(days=30) >= 0
    (job,) = planned(rig, bad)
    assert (job["held"], job["attempts"]) == (queries.PARKED, MOST_ATTEMPTS)
    (noted,) = trail(rig)
    assert (noted["actor"], noted["target"]) == ("system", bad)
    assert noted["details"]["error"] == "ValueError: planted"
    assert sum(record.levelno == logging.ERROR for record in caplog.records) == MOST_ATTEMPTS + 1


def trail(rig: Rig) -> list[Any]:
    """What an operator asks for: the parked jobs in the audit trail."""
    found: list[Any] = rig.do(audit_trail.list_events, org_id=None, actors=frozenset(), action_prefix="job.", limit=9)[
        "events"
    ]
    return found


def test_a_start_gives_parked_jobs_another_chance(rig: Rig, poison: dict[str, Exception]) -> None:
    bad = rig.create(deadline_at=due(rig, seconds=1))
    poison[bad] = ValueError("planted")
    for _ in range(MOST_ATTEMPTS):
        rig.advance(hours=1)
    poison.clear()
    rig.advance(hours=1)
    assert rig.intent(bad)["status"] == "DELIVERED"
    rig.store.write_sync(jobs.begin)
    Engine(rig.store).run_due()
    assert rig.story(bad)[3:] == ["timed_out"]
    assert planned(rig, bad) == []


def test_what_has_ended_leaves_no_parked_job(rig: Rig, poison: dict[str, Exception]) -> None:
    bad = rig.create(deadline_at=due(rig, seconds=1))
    poison[bad] = ValueError("planted")
    for _ in range(MOST_ATTEMPTS):
        rig.advance(hours=1)
    rig.resolve(bad, "CANCELED")
    assert planned(rig, bad) == []


def test_trouble_of_the_database_is_not_held_against_a_job(one_rig: Rig, poison: dict[str, Exception]) -> None:
    late = one_rig.create(deadline_at=due(one_rig, seconds=1))
    poison[late] = databases.trouble("disk I/O error")
    for _ in range(MOST_ATTEMPTS + 5):
        one_rig.advance(seconds=2)
    (job,) = planned(one_rig, late)
    assert (job["attempts"], job["held"]) == (0, 0)
    poison.clear()
    one_rig.advance(seconds=2)
    assert one_rig.intent(late)["status"] == "TIMED_OUT"


def test_regular_work_is_never_parked(one_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    one_rig.store.write_sync(jobs.begin)

    def fail(_: Tx) -> None:
        raise ValueError("planted")

    kind = "prune_idempotency_keys"
    monkeypatch.setitem(jobs._REGULAR, kind, jobs._REGULAR[kind]._replace(run=fail))
    for _ in range(MOST_ATTEMPTS + 3):
        one_rig.advance(hours=2)
    monkeypatch.undo()
    one_rig.advance(hours=2)
    (row,) = one_rig.store.read_sync(lambda tx: tx.query(queries.jobs.select().where(queries.jobs.c.kind == kind)))
    assert (row["attempts"], row["held"]) == (0, 0)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 1), (2, 2), (5, 16), (12, 2048), (13, 3600), (10**9, 3600)])
def test_back_off(attempts: int, seconds: int) -> None:
    assert back_off(attempts) == seconds * SECOND


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_node_whose_clock_is_wrong_fires_by_the_databases(postgres_server: str, minutes: int) -> None:
    """Not early where its clock is ahead, and woken in time where it is behind."""

    class Wrong(SystemClock):
        def now(self) -> datetime:
            return super().now() + timedelta(minutes=minutes)

    with postgres.database(postgres_server) as url:
        rig = Rig(url)
        rig.close()
        rig.store = Store.open(url, Wrong())
        engine = Engine(rig.store)
        rig.store.on_commit = engine.notice
        engine.start()
        try:
            rig.create(deadline_at=to_text(SystemClock().now() + timedelta(seconds=30)))
            until(lambda: engine._awaited < float("inf"))
            intent_id = rig.create(deadline_at=to_text(SystemClock().now() + timedelta(seconds=0.5)))
            until(lambda: rig.intent(intent_id)["status"] == "TIMED_OUT", seconds=10)
            late = SystemClock().now() - from_text(rig.intent(intent_id)["deadline_at"])
            assert timedelta(0) <= late < timedelta(seconds=5)
            (end,) = rig.events(intent_id)[3:]
            assert end["at"] >= rig.intent(intent_id)["deadline_at"]
        finally:
            engine.stop()
            rig.close()
