"""Looking on while real intents live: what is shown, how it ends, and how one stops looking."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from axme import AxmeClient, AxmeTimeoutError, HumanTask, Intent
from axme.display.live import Log, Screen
from axme.exceptions import AxmeIntentFailedError, AxmeValueError
from axme.gateway import LocalGateway
from axme.resources._watching import watch
from tests.display.test_html import Tags
from tests.wire.recorder import Recorder

ASK = HumanTask.approval("May we?", notify="anna@example.com")


class Memory(Screen):
    """Remembers what it showed; ``then`` is told each time."""

    def __init__(self, then: Callable[[str], object] = lambda text: None) -> None:
        self.texts: list[str] = []
        self.cards: list[str] = []
        self.closed = 0
        self._then = then

    def show(self, text: str, html: Callable[[], str]) -> None:
        if not self.texts or self.texts[-1] != text:
            self.texts.append(text)
            self.cards.append(html())
            self._then(text)

    def close(self) -> None:
        self.closed += 1


def _asked(client: AxmeClient) -> Intent:
    return client.intents.create("budget.approval.v1", to="shop", human_task=ASK)


def test_one_card_follows_an_intent_to_its_end(client: AxmeClient) -> None:
    intent, other = _asked(client), _asked(client)
    twin = client.intents.handle(intent.id)
    screen = Memory(lambda text: twin.decide("approved") if "WAITING" in text else None)
    watch([intent], timeout=60, on=screen)
    assert "WAITING for anna@example.com" in screen.texts[0]
    assert screen.texts[-1].endswith("COMPLETED")
    assert intent.status == "COMPLETED"
    shown = Tags(screen.cards[-1])
    assert "svg" in shown.tags
    assert "approved by admin" in shown.said
    assert "asksMay we?" in Tags(screen.cards[0]).said
    assert screen.closed == 1
    other.cancel()


def test_one_table_follows_several(client: AxmeClient) -> None:
    intents = [_asked(client) for _ in range(3)]
    ended: list[Intent] = []

    def end_one(text: str) -> None:
        if len(ended) < 3:
            ended.append(client.intents.handle(intents[len(ended)].id).cancel())

    screen = Memory(end_one)
    watch(intents, timeout=60, on=screen)
    assert screen.texts[-1] == "3 of 3 ended: CANCELED 3"
    assert "intents3CANCELED 3" in Tags(screen.cards[-1]).said
    assert not [thread for thread in threading.enumerate() if thread.name == "axme-watch"]


def test_without_a_terminal_each_change_is_a_line(client: AxmeClient) -> None:
    intent, file = _asked(client), StringIO()
    intent.cancel()
    watch([intent], timeout=60, on=Log(file))
    assert file.getvalue().splitlines()[-1].endswith("CANCELED")


def test_the_verbs_show_on_standard_error(client: AxmeClient, capsys: pytest.CaptureFixture[str]) -> None:
    intent, other = _asked(client), _asked(client)
    intent.cancel()
    other.fail("no stock")
    assert client.intents.handle(intent.id).watch(timeout=60).status == "CANCELED"
    assert [one.status for one in client.intents.watch([intent, other.id], timeout=60)] == ["CANCELED", "FAILED"]
    with pytest.raises(AxmeIntentFailedError, match="no stock"):
        client.intents.handle(other.id).wait(60, raise_on_failure=True, progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "2 of 2 ended" in shown.err
    assert shown.err.splitlines()[-1].endswith("FAILED")


def test_time_runs_out_as_it_does_for_waiting(client: AxmeClient) -> None:
    intent, screen = _asked(client), Memory()
    with pytest.raises(AxmeTimeoutError):
        watch([intent], timeout=0.3, on=screen)
    assert screen.closed == 1
    intent.cancel()


def test_so_many_at_a_time(scripted: AxmeClient, recorder: Recorder) -> None:
    with pytest.raises(AxmeValueError, match="33 intents cannot be watched at a time, only 32"):
        scripted.intents.watch([f"id-{number}" for number in range(33)])
    assert not recorder.asked


PROGRAM = """
import signal, sys
from axme import AxmeClient, AxmeClientConfig
signal.signal(signal.SIGINT, signal.default_int_handler)
if sys.argv[2] == "typed":
    sys.ps1 = ">>> "
with AxmeClient(AxmeClientConfig()) as client:
    intent = client.intents.handle(sys.argv[1]).watch()
    print("went on with", intent.status)
"""


@pytest.mark.parametrize("how", ["typed", "script"])
def test_ctrl_c_leaves_a_clean_line(client: AxmeClient, gateway: LocalGateway, how: str) -> None:
    intent = _asked(client)
    ours, theirs = pty.openpty()
    keys = {"AXME_API_KEY": gateway.api_key, "AXME_BASE_URL": gateway.base_url, "TERM": "xterm", "NO_COLOR": "1"}
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, intent.id, how], stdin=theirs, stdout=theirs, stderr=theirs,
        env=os.environ | keys | {"COLUMNS": "100"}, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    shown = _read(ours, until="WAITING for anna@example.com since")
    program.send_signal(signal.SIGINT)
    shown += _read(ours)
    assert program.wait(30) == (0 if how == "typed" else -signal.SIGINT)
    os.close(ours)
    line, _, rest = shown.rpartition("\x1b[2K")[2].partition("\r\n")
    assert re.fullmatch(r"….{8} WAITING for anna@example\.com since \d+ s \(human task assigned\)", line)
    assert rest.startswith("went on with WAITING" if how == "typed" else "Traceback")
    intent.cancel()


def _read(terminal: int, until: str = "") -> str:
    """What a terminal shows up to some words, or up to its end."""
    shown = b""
    while not until or until.encode() not in shown:
        try:
            piece: Any = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    return shown.decode()
