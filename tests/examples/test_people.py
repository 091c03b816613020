"""The examples about people: each runs alone, in the background and, the first, with somebody at the terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

from tests.examples.test_examples import ROOT, run

SECONDS = 60


def test_a_person_approves(tmp_path: Path) -> None:
    printed = run("human_approval.py", {"HOME": str(tmp_path)})
    assert re.search(r"http://127\.0\.0\.1:\d+/tasks/\S+", printed), "it prints the link"
    assert "✓ approved by agent://local/default/admin" in printed
    assert "“Within the plan.”" in printed
    assert printed.rstrip().endswith("COMPLETED")


def test_somebody_at_the_terminal_rejects(tmp_path: Path) -> None:
    printed = at_a_terminal("human_approval.py", tmp_path, after="waiting for", answer=b"r\n")
    assert "✗ rejected" in printed
    assert "“From the terminal.”" in printed
    assert printed.rstrip().endswith("CANCELED")
    assert "\033[31;1m" in printed, "in colours"


def test_a_commander_fills_in_the_form(tmp_path: Path) -> None:
    printed = run("incident_commander.py", {"HOME": str(tmp_path)})
    assert "* Severity                         sev1 | sev2 | sev3  preset sev2" in printed
    assert "✗ refused  task_result.data.minutes: 500 is greater than the maximum of 120" in printed
    assert "✓ submitted by agent://local/default/admin: Card payments fail" in printed
    assert re.search(r"page +mia, joe \(sev1\)\n +roll back +checkout 4\.12\n +update +in 15 minutes", printed)


def test_three_days_pass_in_a_second(tmp_path: Path) -> None:
    printed = run("escalation.py", {"HOME": str(tmp_path)})
    assert re.findall(r"day (\d), (\d\d:\d\d)  . (\w+)", printed) == [
        ("1", "00:00", "asked"),
        ("1", "08:00", "reminder"),
        ("2", "08:00", "reminder"),
        ("3", "08:00", "escalated"),
        ("4", "00:00", "deadline"),
        ("1", "00:00", "asked"),
        ("1", "08:00", "reminder"),
        ("2", "08:00", "reminder"),
        ("3", "04:00", "answered"),
        ("3", "04:00", "completed"),
    ]
    assert re.findall(r"intent +(\w+)", printed) == ["TIMED_OUT", "COMPLETED"]
    assert list(tmp_path.iterdir()) == [], "it leaves nothing behind"


def at_a_terminal(name: str, home: Path, *, after: str, answer: bytes) -> str:
    """What an example prints on a terminal, where ``answer`` is typed once ``after`` is read."""
    terminal, screen = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("AXME_", "NO_COLOR"))}
    child = subprocess.Popen(
        [sys.executable, "-W", "error", str(ROOT / "examples" / name)],
        env=clean | {"HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdin=screen,
        stdout=screen,
        stderr=screen,
    )
    os.close(screen)
    printed, until = b"", time.monotonic() + SECONDS
    while time.monotonic() < until:
        if not select.select([terminal], [], [], 1.0)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        printed += piece
        if answer and after.encode() in printed:
            os.write(terminal, answer)
            answer = b""
    os.close(terminal)
    assert child.wait(SECONDS) == 0, printed.decode()
    return printed.decode()
