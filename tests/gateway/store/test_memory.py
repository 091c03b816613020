"""What the writer of a file remembers is always what stands in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import bindparam, text, update

from axme.gateway.store.memory import can_be_remembered, unsettles
from axme.gateway.store.queries.cross_org import KILLED_OF, is_killed
from axme.gateway.store.tables import service_accounts
from axme.gateway.store.tx import Tx
from tests.gateway.rig import Rig

_a = service_accounts.c
_KILL = update(service_accounts).where(_a.address == bindparam("of")).values(killed_at=bindparam("at"))


@pytest.fixture
def file_rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(f"sqlite:///{tmp_path}/axme.db")
    yield rig
    rig.close()


def killed(tx: Tx, rig: Rig) -> bool:
    return is_killed(tx, rig.who.address, rig.who.address)


def kill(tx: Tx, rig: Rig, at: int | None = 1) -> None:
    tx.run(_KILL, {"of": rig.who.address, "at": at})


def test_the_same_question_reaches_the_database_once(file_rig: Rig) -> None:
    asked: list[str] = []
    with_trace = file_rig.store._runner._writer._connection  # type: ignore[attr-defined]
    with_trace.set_trace_callback(asked.append)
    for _ in range(3):
        assert not file_rig.store.write_sync(lambda tx: killed(tx, file_rig))
    with_trace.set_trace_callback(None)
    assert sum("killed_at" in sql for sql in asked) == 1


def test_a_change_is_seen_by_its_own_action_and_by_all_later_ones(rig: Rig) -> None:
    def change(tx: Tx, at: int | None) -> tuple[bool, bool]:
        before = killed(tx, rig)
        kill(tx, rig, at)
        return before, killed(tx, rig)

    for at, expected in ((1, (False, True)), (None, (True, False)), (2, (False, True))):
        assert rig.store.write_sync(lambda tx, at=at: change(tx, at)) == expected
        assert rig.store.write_sync(lambda tx: killed(tx, rig)) is expected[1]


def test_a_change_that_is_rolled_back_is_not_remembered(rig: Rig) -> None:
    def fail(tx: Tx) -> None:
        kill(tx, rig)
        assert killed(tx, rig)
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            rig.store.write_sync(fail)
        assert not rig.store.write_sync(lambda tx: killed(tx, rig))


def test_a_change_whose_commit_fails_is_not_remembered(file_rig: Rig) -> None:
    def orphan(tx: Tx) -> None:
        tx.query(text("PRAGMA defer_foreign_keys = ON"))
        tx.query(text("INSERT INTO claims VALUES ('no intent', 'c', 'm', 'w', 'ws', NULL, 1, 1)"))
        kill(tx, file_rig)

    def look(tx: Tx) -> bool:
        return killed(tx, file_rig)

    with pytest.raises(sqlite3.IntegrityError):
        file_rig.store.write_sync(orphan)
    assert file_rig.store.trouble
    assert file_rig.store.write_sync(look) is False


def test_what_somebody_else_writes_into_the_file_is_seen(file_rig: Rig) -> None:
    path = Path(file_rig.store._runner._path)  # type: ignore[attr-defined]
    assert not file_rig.store.write_sync(lambda tx: killed(tx, file_rig))
    with sqlite3.connect(path) as other:
        other.execute("UPDATE service_accounts SET killed_at = 1")
    other.close()
    assert file_rig.store.write_sync(lambda tx: killed(tx, file_rig))


def test_rows_are_the_askers_own(file_rig: Rig) -> None:
    sought = {"sender": file_rig.who.address, "recipient": ""}

    def spoil(tx: Tx) -> list[dict[str, object]]:
        rows = tx.run(KILLED_OF, sought)
        answer = [dict(row) for row in rows]
        for row in rows:
            row.clear()
        return answer

    file_rig.store.write_sync(lambda tx: kill(tx, file_rig))
    first = file_rig.store.write_sync(spoil)
    assert first == [{"address": file_rig.who.address}] == file_rig.store.write_sync(spoil)


@pytest.mark.parametrize(
    ("sql", "remembered", "unsettling"),
    [
        ("SELECT aliases.alias FROM aliases", True, False),
        ("SELECT * FROM intents WHERE EXISTS (SELECT 1 FROM aliases)", False, False),
        ("UPDATE intents SET seq = 1 WHERE handler IN (SELECT address FROM service_accounts)", False, True),
        ("INSERT INTO sender_policies (kind) VALUES (?)", False, True),
        ("WITH gone AS (SELECT 1) DELETE FROM aliases", False, True),
        ("DELETE FROM intents", False, False),
    ],
)
def test_statements_are_told_apart(sql: str, remembered: bool, unsettling: bool) -> None:
    assert (can_be_remembered(sql), unsettles(sql)) == (remembered, unsettling)
