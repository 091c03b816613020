"""The trail is sealed beside everything else, and whatever is done to it afterwards is found."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from axme.gateway.actions import audit_seals, refusals
from axme.gateway.actions.audit_seals import SETTLED_SECONDS, Verdict
from axme.gateway.actions.refusals import Refusal
from axme.gateway.store.columns import from_json
from axme.gateway.store.tables import audit_events
from axme.gateway.store.tx import Row, Tx
from axme.gateway.trail import MOST_REFUSALS, Trail
from tests.gateway.rig import Rig

WRITTEN = [column.name for column in audit_events.c if column.name != "audit_id"]
LIST = ", ".join(WRITTEN)
AGAIN = f"INSERT INTO audit_events (audit_id, {LIST}) SELECT %d, {LIST} FROM audit_events WHERE audit_id = %d"  # noqa: S608
TAMPERINGS = (
    (["DELETE FROM audit_events WHERE audit_id = 5"], "seal 2 covers 3 rows, and there are 2 from 4 to 6"),
    (["DELETE FROM audit_events"], "seal 3 covers 3 rows, and there are 0 from 7 to 9"),
    (["UPDATE audit_events SET audit_id = 100 WHERE audit_id = 9"], "seal 3 covers 3 rows, and there are 2"),
    ([AGAIN % (0, 1)], "seal 1 covers 3 rows, and there are 4 from the first to 3"),
    ([AGAIN % (-7, 9)], "seal 1 covers 3 rows, and there are 4 from the first to 3"),
    (["DELETE FROM audit_events WHERE audit_id = 5", AGAIN % (5, 6)], "what seal 2 covers was changed"),
    (["UPDATE audit_seals SET row_count = 2 WHERE seal_id = 2"], "seal 2 covers 2 rows, and there are 3"),
    (["UPDATE audit_seals SET sealed_at = 0 WHERE seal_id = 2"], "what seal 2 covers was changed"),
    (["UPDATE audit_seals SET digest = 'abc' WHERE seal_id = 2"], "what seal 3 covers was changed"),
    (["UPDATE audit_seals SET seal_id = 5 WHERE seal_id = 2"], "seals are missing between 1 and 3"),
    (["DELETE FROM audit_seals WHERE seal_id = 1"], "seals are missing between 0 and 2"),
    (["UPDATE audit_seals SET signature = 'x' WHERE seal_id = 2"], "1 seals, from 2 to 2, are not signed with"),
    (["DELETE FROM signing_secrets WHERE name = 'audit_seals'"], "3 seals, from 1 to 3, are not signed with"),
)


class _Undone(Exception):
    """Nothing of what was done in this transaction is to stay."""


@pytest.fixture
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seals over three rows each."""
    monkeypatch.setattr(audit_seals, "MOST_ROWS", 3)


def sealed(rig: Rig) -> Trail:
    """Have nine rows under three seals."""
    for _ in range(9):
        rig.create()
    made = Trail(rig.store)
    settle(rig)
    made.work()
    assert verdict(rig)[:3] == (3, 9, 0)
    return made


def settle(rig: Rig) -> None:
    """Let rows grow old enough to be sealed on any database."""
    rig.clock.advance(timedelta(seconds=SETTLED_SECONDS + 1))


def verdict(rig: Rig, known_head: str | None = None) -> Verdict:
    return rig.store.read_sync(lambda tx: audit_seals.verify(tx, known_head))


def found_after(rig: Rig, *statements: str, known_head: str | None = None) -> str:
    """What is found when somebody who owns the database has done that; afterwards it is as before."""
    found: list[str] = []

    def tamper(tx: Tx) -> None:
        for name in ("audit_events", "audit_seals"):
            for trigger in ("no_update", "no_delete") if tx.has_one_writer else ("no_change",):
                tx.query(text(f"DROP TRIGGER {name}_{trigger}" + ("" if tx.has_one_writer else f" ON {name}")))
        for statement in statements:
            tx.query(text(statement))
        found.extend(audit_seals.verify(tx, known_head).faults)
        raise _Undone

    with pytest.raises(_Undone):
        rig.store.write_sync(tamper)
    return "; ".join(found)


@pytest.mark.usefixtures("few_rows")
def test_what_is_written_is_sealed_once_and_fits(rig: Rig) -> None:
    trail = sealed(rig)
    head = verdict(rig).head
    rig.create()
    trail.work()
    # Where many write at once, a row waits until no smaller number can come.
    assert verdict(rig, head)[:3] == ((4, 10, 0) if rig.store._runner.is_near else (3, 9, 1))
    settle(rig)
    trail.work()
    trail.work()
    found = verdict(rig, head)
    assert (found[:3], found.faults) == ((4, 10, 0), [])
    assert re.fullmatch("[0-9a-f]{64}", found.head)
    assert found.head != head
    rig.create()
    settle(rig)
    at_once = [rig.store.read_sync(audit_seals.prepare) for _ in range(2)]
    put = [rig.store.write_sync(lambda tx, seal=seal: audit_seals.put(tx, seal or {})) for seal in at_once]
    assert put == [True, False]
    assert verdict(rig, found.head)[:3] == (5, 11, 0)


@pytest.mark.usefixtures("few_rows")
def test_whatever_is_done_to_the_trail_is_found(rig: Rig) -> None:
    sealed(rig)
    for attempt in ("UPDATE audit_seals SET digest = 'x'", "DELETE FROM audit_seals", "DELETE FROM audit_events"):
        with pytest.raises(Exception, match="append-only"):
            rig.store.write_sync(lambda tx, attempt=attempt: tx.query(text(attempt)))
    for column in WRITTEN:
        value = "at + 1" if column == "at" else "'somebody else'"
        for row in (1, 5, 9):
            seal, first = (row + 2) // 3, {1: "the first", 5: "4", 9: "7"}[row]
            told = f"what seal {seal} covers was changed: a row from {first} to {seal * 3}, or the seal itself"
            change = f"UPDATE audit_events SET {column} = {value} WHERE audit_id = {row}"  # noqa: S608
            assert found_after(rig, change) == told
    for statements, told in TAMPERINGS:
        assert told in found_after(rig, *statements), statements
    # Without the last seals it looks whole, but for who has noted one of them.
    cut = ["DELETE FROM audit_seals WHERE seal_id = 3", "DELETE FROM audit_events WHERE audit_id > 6"]
    assert found_after(rig, *cut) == ""
    head = verdict(rig).head
    assert f"no seal has the digest {head}" in found_after(rig, *cut, known_head=head)
    assert verdict(rig, head).faults == []


@pytest.mark.usefixtures("few_rows")
def test_who_rewrites_all_seals_lacks_the_secret_that_stands_elsewhere(one_rig: Rig) -> None:
    sealed(one_rig)
    one_rig.store._runner.statements.own_secret = b"kept in a file"
    assert verdict(one_rig).faults == ["3 seals, from 1 to 3, are not signed with this gateway's secret"]


def _refusals(rig: Rig) -> list[Row]:
    of_refusals = select(audit_events).where(audit_events.c.action == "auth.refuse").order_by(audit_events.c.audit_id)
    return rig.store.read_sync(lambda tx: tx.query(of_refusals))


def test_a_million_refusals_are_a_hundred_rows_a_minute(one_rig: Rig) -> None:
    trail = Trail(one_rig.store)
    who = one_rig.who
    mine = Refusal("10.0.0.1", "invalid_platform_api_key", who.key_id, who.address, who.org_id)
    trail.refused(mine, "mine")
    for n in range(100_000):
        trail.refused(Refusal(f"10.{n % 5}.{n % 251}.1", "invalid_platform_api_key"), f"r{n}")
    trail.work()
    trail.work()
    rows = _refusals(one_rig)
    assert len(rows) == MOST_REFUSALS + 1
    assert sum(from_json(row["details"])["count"] for row in rows) == 100_001
    assert (rows[0]["actor"], rows[0]["key_id"], rows[0]["org_id"], rows[0]["request_id"]) == (
        who.address, who.key_id, who.org_id, "mine",
    )  # fmt: skip
    assert (rows[0]["target"], rows[0]["outcome"]) == ("10.0.0.1", "refused")
    assert (rows[-1]["target"], rows[-1]["org_id"]) == ("other addresses", "")
    trail.refused(mine, "again")
    trail.work()
    assert [from_json(row["details"])["count"] for row in _refusals(one_rig)[MOST_REFUSALS + 1 :]] == [1]


def test_what_cannot_be_written_down_now_is_not_forgotten(one_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    trail = Trail(one_rig.store)
    trail.refused(Refusal("10.0.0.1", "task_link"), "r1")

    def broken(*_: object) -> None:
        raise OSError("no database")

    with monkeypatch.context() as patched:
        patched.setattr(refusals, "record", broken)
        with pytest.raises(OSError, match="no database"):
            trail.work()
    trail.work()
    assert [row["target"] for row in _refusals(one_rig)] == ["10.0.0.1"]
