"""What other users of the machine can see of a gateway: nothing in its files, nothing in the process list."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

from axme.gateway.settings import DATABASE_VARIABLE, SECRET_VARIABLE
from tests import databases
from tests.plain import TIMEOUT, Caller, until

CANARY = "canary5ecret"


def test_files_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    place = tmp_path / "a" / "gateway"
    command = [sys.executable, "-m", "axme.gateway", "--port", "0", "--data-dir", str(place)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, umask=0, env=databases.environment(place)
    )
    try:
        until((place / "ready.json").exists, seconds=TIMEOUT)
        key = json.loads((place / "credentials.json").read_text())["api_key"]
        with Caller(json.loads((place / "ready.json").read_text())["base_url"], key) as caller:
            owner = caller.get("/v1/me")["me"]["address"]
            announced = {"owner_agent": owner, "filename": "a.txt", "mime_type": "text/plain", "size_bytes": 5}
            upload = caller.post("/v1/media/create-upload", announced)["upload_id"]
            caller.send("PUT", f"/v1/media/upload/{upload}", data=b"12345")
            task = {"title": "Look", "notify_email": "mia@example.com"}
            caller.create("worker", human_task=task)
            until(lambda: any((place / "outbox").glob("*")) if (place / "outbox").exists() else False)
        found = [place, *place.rglob("*")]
        modes = {str(each.relative_to(place)): stat.S_IMODE(each.stat().st_mode) for each in found}
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT)
    of_sqlite = {"axme.db", "axme.db-wal", "secret.json"} if databases.kind() == "sqlite" else set()
    assert of_sqlite | {"credentials.json", "lock", "media", "outbox"} <= modes.keys()
    open_to_others = {name: oct(mode) for name, mode in modes.items() if mode & 0o077}
    assert open_to_others == {}


def test_no_secret_stands_in_the_process_list_or_in_what_is_printed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "axme.gateway", "--port", "0", "--data-dir", str(tmp_path / "x")]
    told = {
        SECRET_VARIABLE: CANARY * 4,
        "AXME_GATEWAY_SMTP": "smtp://127.0.0.1:9",
        "AXME_GATEWAY_SMTP_USER": "axme",
        "AXME_GATEWAY_SMTP_PASSWORD": CANARY,
        "AXME_GATEWAY_MAIL_FROM": "a@example.com",
    }
    process = subprocess.Popen(
        [*command, "--log-level", "debug"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=databases.environment(tmp_path / "x") | told,
    )
    try:
        until((tmp_path / "x" / "ready.json").exists, seconds=TIMEOUT)
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    finally:
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=TIMEOUT)
    assert CANARY.encode() not in arguments + printed


def test_passwords_are_refused_on_the_command_line_and_shown_in_no_failure(tmp_path: Path) -> None:
    url = f"postgresql://axme:{CANARY}@127.0.0.1:1/none"
    command = [sys.executable, "-m", "axme.gateway", "--port", "0", "--data-dir", str(tmp_path / "y")]
    by_argument = subprocess.run([*command, "--database", url], capture_output=True, timeout=60)
    by_environment = subprocess.run(command, capture_output=True, timeout=60, env=os.environ | {DATABASE_VARIABLE: url})
    for done in (by_argument, by_environment):
        assert done.returncode != 0
        assert CANARY.encode() not in done.stdout + done.stderr
    assert b"process list" in by_argument.stderr
