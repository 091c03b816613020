"""What is drawn again and again, in a terminal, a file and a notebook; and bars."""

from __future__ import annotations

import sys
import types
from io import StringIO
from typing import Any

import pytest

from axme.display import live, progress
from axme.resources.collections import Page


class Terminal(StringIO):
    """A terminal of sixty columns that shows colours."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    return Terminal()


def test_a_terminal_keeps_one_line(terminal: Terminal) -> None:
    screen = live.screen(terminal)
    assert isinstance(screen, live.Line)
    for text in ("…1 WAITING for anna", "…1 WAITING for anna", "…1 COMPLETED"):
        screen.show(text, lambda: "")
    screen.close()
    screen.close()
    assert terminal.getvalue() == ("\r\x1b[2K…1 \x1b[33mWAITING\x1b[0m for anna\r\x1b[2K…1 \x1b[32mCOMPLETED\x1b[0m\n")


def test_a_line_never_wraps(terminal: Terminal) -> None:
    live.Line(terminal).show("x" * 200, lambda: "")
    assert terminal.getvalue() == "\r\x1b[2K" + "x" * 58 + "…"


def test_a_file_gets_each_change_once() -> None:
    file = StringIO()
    screen = live.screen(file)
    for text in ("one", "one", "two"):
        screen.show(text, lambda: "")
    screen.close()
    assert file.getvalue() == "one\ntwo\n"


class Handle:
    def __init__(self) -> None:
        self.shown: list[Any] = []

    def update(self, bundle: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.shown.append(bundle)


def _notebook(monkeypatch: pytest.MonkeyPatch, handle: Any) -> None:
    ipython, display = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    ipython.get_ipython = lambda: types.SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
    display.display = lambda *_, **__: handle  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)


def test_a_notebook_keeps_one_card(monkeypatch: pytest.MonkeyPatch) -> None:
    handle = Handle()
    _notebook(monkeypatch, handle)
    screen = live.screen()
    screen.show("plain", lambda: "<b>rich</b>")
    screen.close()
    assert handle.shown == [{"text/plain": "plain", "text/html": "<b>rich</b>"}]
    assert live.is_interactive()


class Hands:
    """A stopwatch that stands until it is moved."""

    at = 100.0

    def monotonic(self) -> float:
        return self.at


def test_a_card_is_not_drawn_anew_without_need() -> None:
    handle, hands = Handle(), Hands()
    card = live.Card(handle, hands)  # type: ignore[arg-type]
    for text, later in (("a", 0.0), ("a", 1.0), ("b", 1.0), ("b", 5.0)):
        hands.at += later
        card.show(text, lambda: f"{hands.at}")
    assert [bundle["text/html"] for bundle in handle.shown] == ["100.0", "102.0", "107.0"]


def test_a_notebook_that_shows_nothing_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    _notebook(monkeypatch, None)
    assert isinstance(live.screen(), live.Log)


def test_nobody_types_into_a_test() -> None:
    assert not live.is_interactive()
    assert not live.in_notebook()


def test_without_tqdm_a_terminal_gets_a_line(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axme.display.progress.find_spec", lambda name: None)
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress.bar(40_000_000, "report.pdf") as tell:
        tell(10_000_000, 40_000_000)
    assert terminal.getvalue() == "\r\x1b[2Kreport.pdf: 10.0 MB of 40.0 MB (25 %)\n"


def test_a_page_is_worked_through_with_a_bar(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("axme.display.progress.find_spec", lambda name: None)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(Page(["a", "b"], what="names").track("greeting")) == ["a", "b"]
    assert terminal.getvalue().endswith("greeting: 2 of 2 (100 %)\n")


def test_tqdm_makes_the_bar_where_it_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm", reason="tqdm is not installed")
    assert list(Page(["a", "b"], what="names").track()) == ["a", "b"]
    assert "names: 100%" in capsys.readouterr().err
