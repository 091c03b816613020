"""Copies made while a gateway writes hold everything that was acknowledged before they were begun."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from axme.gateway import LocalGateway, start
from tests import postgres
from tests.databases import rows
from tests.nodes.conftest import Join, caller_of
from tests.plain import admin

BACKUPS = 3


def back_up(gateway: LocalGateway, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "axme.gateway", "--data-dir", str(gateway.data_dir), "--backup", str(target)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.sqlite
def test_a_copy_of_a_gateway_that_is_written_to_can_be_started(fresh_gateway: LocalGateway, tmp_path: Path) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()

    def write() -> None:
        with admin(fresh_gateway) as caller:
            while not stop.is_set():
                acknowledged.append(caller.create())

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    before: list[int] = []
    for n in range(BACKUPS):
        before.append(len(acknowledged))
        done = back_up(fresh_gateway, tmp_path / f"{n}.db")
        assert done.returncode == 0, done.stderr
    stop.set()
    writer.join(20)
    assert len(acknowledged) > before[-1] > 0
    for n, count in enumerate(before):
        restored = tmp_path / f"restored{n}"
        restored.mkdir(mode=0o700)
        assert (tmp_path / f"{n}.db").stat().st_mode & 0o777 == 0o600
        shutil.copy(tmp_path / f"{n}.db", restored / "axme.db")
        shutil.copy(fresh_gateway.data_dir / "credentials.json", restored)
        with start(data_dir=restored) as again, admin(again) as caller:
            assert caller.create()
            assert set(acknowledged[:count]) <= {name for (name,) in rows(restored, "SELECT intent_id FROM intents")}


@pytest.mark.sqlite
def test_a_backup_never_overwrites_and_says_what_is_missing(fresh_gateway: LocalGateway, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.write_text("older backup")
    done = back_up(fresh_gateway, target)
    assert (done.returncode, target.read_text()) == (2, "older backup")
    assert "File exists" in done.stderr
    fresh_gateway.stop()
    (fresh_gateway.data_dir / "axme.db").unlink()
    assert "there is no database" in back_up(fresh_gateway, tmp_path / "new").stderr


def test_a_dump_of_postgresql_can_be_started(join: Join, own_server: postgres.Private, own_database: str) -> None:
    dump_program, load_program = shutil.which("pg_dump"), shutil.which("psql")
    if dump_program is None or load_program is None:
        pytest.skip("needs pg_dump and psql, of Debian's package postgresql-client")
    node = join()
    with caller_of(node, node) as caller:
        kept = [caller.create() for _ in range(20)]
        dumped = subprocess.run([dump_program, own_database], capture_output=True, check=True, timeout=60).stdout
    with postgres.database(own_server.url) as elsewhere:
        subprocess.run(
            [load_program, "-q", "-v", "ON_ERROR_STOP=1", elsewhere],
            input=dumped,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        other = join(database=elsewhere)
        with caller_of(other, node) as caller:
            for intent_id in kept:
                assert caller.get(f"/v1/intents/{intent_id}")["intent"]["status"] == "DELIVERED"
            assert caller.create()
        other.stop()
