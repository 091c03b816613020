"""The command line as a process: in a terminal, in a pipe, and without its libraries."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from axme import AxmeClient, HumanTask
from axme.gateway import LocalGateway

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
AXME = [sys.executable, "-m", "axme"]


@pytest.fixture
def env(gateway: LocalGateway) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AXME_", "NO_COLOR"))}
    return clean | {"PYTHONPATH": str(ROOT), "AXME_GATEWAY_DIR": str(gateway.data_dir), "TERM": "xterm-256color"}


def _in_a_terminal(words: list[str], env: dict[str, str], until: str = "", then: int = 0) -> tuple[int, str]:
    """Exit code and everything a terminal was sent; a signal is sent once a text has come."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*AXME, *words], env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    text = ""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        text += piece.decode()
        if until and until in text:
            process.send_signal(then)
            until = ""
    os.close(ours)
    return process.wait(30), text


def test_a_terminal_gets_colours_and_a_pipe_gets_none(client: AxmeClient, env: dict[str, str]) -> None:
    client.intents.create("cli.terminal.v1", to="desk", human_task=HumanTask.approval("Go?"))
    words = ["intents", "list", "--type", "cli.terminal.v1"]
    code, text = _in_a_terminal(words, env)
    assert code == 0
    assert "\x1b[33mWAITING" in text
    assert "─" in text
    assert "\x1b[33m" not in _in_a_terminal(words, env | {"NO_COLOR": "1"})[1]
    piped = subprocess.run([*AXME, *words], env=env, capture_output=True, text=True, check=True).stdout
    assert "\x1b" not in piped
    assert "WAITING" in piped


def test_watching_is_left_with_ctrl_c_and_leaves_no_trace_of_itself(client: AxmeClient, env: dict[str, str]) -> None:
    intent = client.intents.create(
        "cli.watch.v1", to="desk", human_task=HumanTask.approval("Go?", notify="a@b.example")
    )
    code, text = _in_a_terminal(["intents", "watch", intent.id], env, "WAITING for a@b.example", signal.SIGINT)
    assert code == 130
    assert text.rstrip().endswith("axme: stopped")
    assert "\x1b[?25h" in text, "the cursor is hidden still"
    assert "Traceback" not in text


def test_who_reads_no_further_is_no_error(client: AxmeClient, env: dict[str, str]) -> None:
    line = f"{' '.join(AXME)} intents list --json | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("[")


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_its_libraries_it_says_what_to_install_and_still_serves(
    tmp_path: Path, env: dict[str, str], missing: str
) -> None:
    (tmp_path / f"{missing}.py").write_text(f"raise ModuleNotFoundError('gone', name={missing!r})")
    env = env | {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = subprocess.run([*AXME, "intents", "list"], env=env, capture_output=True, text=True)
    assert done.returncode == 2
    assert f'the command line needs {missing}: pip install "axme[cli]"' in done.stderr
    for plain in ("serve", "gateway"):
        helped = subprocess.run([*AXME, plain, "--help"], env=env, capture_output=True, text=True, check=True)
        assert helped.stdout.startswith("usage: ")


def test_commands_are_completed(env: dict[str, str]) -> None:
    for shell in ("bash", "zsh", "fish"):
        printed = subprocess.run([*AXME, "completion", shell], env=env, capture_output=True, text=True, check=True)
        assert "_AXME_PY_COMPLETE" in printed.stdout
    asked = {"_AXME_PY_COMPLETE": "bash_complete", "COMP_WORDS": "axme-py intents ca", "COMP_CWORD": "2"}
    code = "import sys; from axme.__main__ import script; sys.argv[0] = 'axme-py'; script()"
    done = subprocess.run([sys.executable, "-c", code], env=env | asked, capture_output=True, text=True)
    assert done.stdout == "plain,cancel\n"
