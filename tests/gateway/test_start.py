"""A gateway's life as a process: first boot, readiness, locks, file modes, clean and unclean ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from axme.gateway import GatewayStartError, LocalGateway, start
from tests import databases
from tests.plain import Caller, admin, measured, refused, until

pytestmark = pytest.mark.slow


def _serve(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "axme.gateway", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )


def _fails(*arguments: str, **environment: str) -> str:
    process = _serve(*arguments, **environment)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 2, (out, err)
    assert "Traceback" not in err
    return err


def test_what_is_stored_survives_a_stop_and_a_kill(fresh_gateway: LocalGateway) -> None:
    with admin(fresh_gateway) as caller:
        before = caller.create(), caller.get("/v1/agents")
    fresh_gateway.kill()
    assert not fresh_gateway.is_running
    fresh_gateway.restart()
    with admin(fresh_gateway) as caller:
        assert caller.get(f"/v1/intents/{before[0]}")["intent"]["status"] == "DELIVERED"
        after = caller.create()
    fresh_gateway.restart()
    with admin(fresh_gateway) as caller:
        assert {intent["intent_id"] for intent in caller.get("/v1/intents")["intents"]} == {before[0], after}


def test_acknowledged_intents_survive_a_kill_under_load(fresh_gateway: LocalGateway) -> None:
    acknowledged: list[str] = []

    def load() -> None:
        with admin(fresh_gateway) as caller:
            while True:
                try:
                    acknowledged.append(caller.create())
                except Exception:
                    return

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(acknowledged) > 40)
    fresh_gateway.kill()
    for thread in threads:
        thread.join()
    fresh_gateway.restart()
    with admin(fresh_gateway) as caller:
        for intent_id in acknowledged:
            caller.get(f"/v1/intents/{intent_id}")


def test_first_boot_makes_private_credentials_and_later_boots_keep_them(tmp_path: Path) -> None:
    home = tmp_path / "state"
    with start(data_dir=home) as gateway:
        first = json.loads((home / "credentials.json").read_text())
        assert first == {
            "org_id": gateway.org_id,
            "workspace_id": gateway.workspace_id,
            "address": "agent://local/default/admin",
            "api_key": gateway.api_key,
        }
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in home.iterdir()}
        of_sqlite = {"axme.db", "axme.db-wal"} if databases.kind() == "sqlite" else set()
        assert of_sqlite | {"credentials.json", "ready.json", "gateway.log", "lock"} <= modes.keys()
        assert set(modes.values()) == {0o600}, modes
        command = Path(f"/proc/{gateway.pid}/cmdline").read_bytes()
        assert gateway.api_key.encode() not in command
        assert gateway.api_key not in (home / "gateway.log").read_text()
    with start(data_dir=home):
        assert json.loads((home / "credentials.json").read_text()) == first


def test_the_ready_file_is_there_exactly_while_it_serves(fresh_gateway: LocalGateway) -> None:
    note = fresh_gateway.data_dir / "ready.json"
    assert json.loads(note.read_text()) == {
        "pid": fresh_gateway.pid,
        "port": fresh_gateway.port,
        "base_url": fresh_gateway.base_url,
    }
    fresh_gateway.stop()
    assert not note.exists()
    fresh_gateway.stop()


def test_a_second_gateway_on_the_same_directory_is_told_who_holds_it(fresh_gateway: LocalGateway) -> None:
    message = _fails("--data-dir", str(fresh_gateway.data_dir), "--port", "0")
    assert f"another gateway (pid {fresh_gateway.pid}) uses {fresh_gateway.data_dir}" in message
    with admin(fresh_gateway) as caller:
        caller.create()
    with pytest.raises(GatewayStartError, match="another gateway"):
        start(data_dir=fresh_gateway.data_dir)
    with admin(fresh_gateway) as caller:
        caller.create()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        message = _fails("--data-dir", str(tmp_path / "a"), "--port", str(taken.getsockname()[1]))
    assert "--port" in message
    assert "cannot listen on 127.0.0.1" in message


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot write to the data directory" in _fails("--data-dir", str(tmp_path / "file"), "--port", "0")
    with pytest.raises(GatewayStartError, match="cannot write"):
        start(data_dir=tmp_path / "file")


def test_databases_are_checked_and_passwords_kept_off_the_command_line(tmp_path: Path) -> None:
    here = ("--data-dir", str(tmp_path / "a"), "--port", "0")
    assert "unknown database" in _fails(*here, "--database", "oracle://x")
    message = _fails(*here, "--database", "postgresql://u:s3cret@127.0.0.1:1/x")
    assert "AXME_GATEWAY_DATABASE" in message
    assert "s3cret" not in message
    message = _fails(*here, AXME_GATEWAY_DATABASE="postgresql://u:s3cret@127.0.0.1:1/x")
    assert "s3cret" not in message


def test_start_explains_why_the_child_died(tmp_path: Path) -> None:
    with pytest.raises(GatewayStartError, match="invalid choice: 'sundial'"):
        start(data_dir=tmp_path / "a", clock="sundial")


def test_the_banner_shows_the_key_at_the_first_boot_only_and_ctrl_c_ends_cleanly(tmp_path: Path) -> None:
    shown = []
    for _ in range(2):
        process = _serve("--data-dir", str(tmp_path / "b"), "--port", "0", **databases.environment(tmp_path / "b"))
        until((tmp_path / "b" / "ready.json").exists)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert process.returncode == 0, err
        assert err == ""
        shown.append(out)
    key = json.loads((tmp_path / "b" / "credentials.json").read_text())["api_key"]
    assert f"AXME_API_KEY={key}" in shown[0]
    assert key not in shown[1]
    assert all("AXME_BASE_URL=http://127.0.0.1:" in text and str(tmp_path / "b") in text for text in shown)


def test_help_is_readable() -> None:
    process = _serve("--help")
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "--data-dir" in out
    assert "postgresql://" in out


@pytest.mark.parametrize("streams", [50])
def test_a_stop_ends_open_streams_with_a_frame_within_three_seconds(fresh_gateway: LocalGateway, streams: int) -> None:
    with admin(fresh_gateway) as caller:
        intent_id = caller.create()
    ends: list[bytes] = []

    def observe() -> None:
        with Caller(fresh_gateway.base_url, fresh_gateway.api_key) as own:
            path = f"/v1/intents/{intent_id}/events/stream"
            with own.stream(path, wait_seconds=60) as frames:
                ends.append([frame.raw for frame in frames][-1])

    threads = [threading.Thread(target=observe) for _ in range(streams)]
    for thread in threads:
        thread.start()
    until(lambda: measured(fresh_gateway, "axme_open_streams") == streams)
    began = time.monotonic()
    fresh_gateway.stop()
    assert time.monotonic() - began < 10
    for thread in threads:
        thread.join()
    assert ends == [b'id: 3\nevent: stream.timeout\ndata: {"next_seq":3}\n\n'] * streams


def test_a_second_signal_ends_at_once(fresh_gateway: LocalGateway) -> None:
    with admin(fresh_gateway) as caller:
        intent_id = caller.create()
        stuck = socket.create_connection(("127.0.0.1", fresh_gateway.port))
        stuck.sendall(b"POST /v1/intents HTTP/1.1\r\nHost: localhost\r\ncontent-length: 10\r\n\r\n")
        pid = fresh_gateway.pid
        assert pid is not None
        os.kill(pid, signal.SIGTERM)
        time.sleep(0.3)
        os.kill(pid, signal.SIGTERM)
        until(lambda: not fresh_gateway.is_running, seconds=5)
        stuck.close()
    fresh_gateway.restart()
    with admin(fresh_gateway) as caller:
        caller.get(f"/v1/intents/{intent_id}")


def test_the_child_stops_when_its_parent_is_gone(tmp_path: Path) -> None:
    program = f"import os, axme.gateway as g; print(g.start({str(tmp_path / 'c')!r}).pid, flush=True); os._exit(0)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    until(lambda: not os.path.exists(f"/proc/{int(done.stdout)}") or _is_zombie(int(done.stdout)))
    assert not (tmp_path / "c" / "ready.json").exists()


def _is_zombie(pid: int) -> bool:
    return " Z " in Path(f"/proc/{pid}/stat").read_text()


def test_a_program_that_ends_stops_its_gateways(tmp_path: Path) -> None:
    program = f"import axme.gateway as g; print(g.start({str(tmp_path / 'd')!r}).pid)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert not os.path.exists(f"/proc/{int(done.stdout)}") or _is_zombie(int(done.stdout))


def test_importing_the_package_loads_nothing_of_the_server() -> None:
    program = (
        "import sys, axme.gateway; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'starlette', 'uvicorn', 'sqlalchemy', 'requests'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"


def test_advance_moves_a_test_clock_and_only_that(movable_gateway: LocalGateway, gateway: LocalGateway) -> None:
    with admin(movable_gateway) as caller:
        intent_id = caller.create()
        created = caller.get(f"/v1/intents/{intent_id}")["intent"]["created_at"]
        now = movable_gateway.advance(timedelta(days=3))
        assert now == datetime.fromisoformat(created) + timedelta(days=3)
        again = caller.get(f"/v1/intents/{caller.create()}")["intent"]["created_at"]
        assert datetime.fromisoformat(again) == now
        refused(caller.send("POST", "/internal/clock/advance", json={"seconds": -1}), 422, "validation_error")
    with pytest.raises(RuntimeError, match=r'start\(clock="test"\)'):
        gateway.advance(timedelta(days=1))
    with admin(gateway) as caller:
        refused(caller.send("POST", "/internal/clock/advance", json={"seconds": 1}), 404, "not_found")


def test_a_deadline_fires_when_the_clock_passes_it(movable_gateway: LocalGateway) -> None:
    with admin(movable_gateway) as caller:
        start_of_time = movable_gateway.advance(timedelta(0))
        deadline = (start_of_time + timedelta(hours=2)).isoformat()
        intent_id = caller.create(deadline_at=deadline)
        movable_gateway.advance(timedelta(minutes=119))
        assert caller.get(f"/v1/intents/{intent_id}")["intent"]["status"] == "DELIVERED"
        movable_gateway.advance(timedelta(minutes=2))
        assert caller.get(f"/v1/intents/{intent_id}")["intent"]["status"] == "TIMED_OUT"
