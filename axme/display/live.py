"""One place that is drawn again and again: a card in a notebook, a line in a terminal, a line a change elsewhere."""

from __future__ import annotations

import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib import import_module
from typing import IO, Any

from axme.contract.clock import Clock, SystemClock
from axme.display.tones import colored, is_terminal, tone

_CLEAR = "\r\x1b[2K"
#: What a terminal is taken for, where it does not say how wide it is.
_WIDTH = (80, 24)
#: Seconds after which a card shows the same again, with what has become of its times.
_EVERY = 5.0


class Screen(ABC):
    """Where something alive is shown. ``show`` may be called as often as one likes, ``close`` once."""

    #: Whether it is worth showing the same again with a later time.
    ticks = False

    @abstractmethod
    def show(self, text: str, html: Callable[[], str]) -> None:
        """Show this in place of what was there; ``html`` is only made where it is shown."""

    def close(self) -> None:  # noqa: B027
        """Leave what was shown last, and a clean line to go on."""


class Card(Screen):
    """An output of a notebook cell that is replaced: at each change, and every few seconds as time goes by."""

    def __init__(self, handle: Any, clock: Clock | None = None) -> None:
        self._handle = handle
        self._clock = clock or SystemClock()
        self._shown, self._until = "", 0.0

    def show(self, text: str, html: Callable[[], str]) -> None:
        now = self._clock.monotonic()
        if text == self._shown and now < self._until:
            return
        self._shown, self._until = text, now + _EVERY
        self._handle.update({"text/plain": text, "text/html": html()}, raw=True)


class Line(Screen):
    """One line of a terminal that is written over."""

    ticks = True

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._shown = ""

    def show(self, text: str, html: Callable[[], str]) -> None:
        room = shutil.get_terminal_size(_WIDTH).columns - 1
        cut = text if len(text) <= room else f"{text[: room - 1]}…"
        if cut != self._shown:
            self._shown = cut
            self._write(_CLEAR + _in_color(cut, self._stream))

    def close(self) -> None:
        if self._shown:
            self._write("\n")
            self._shown = ""

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Log(Screen):
    """Lines one after the other, for files and pipes; nothing is said twice."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._shown = ""

    def show(self, text: str, html: Callable[[], str]) -> None:
        if text != self._shown:
            self._shown = text
            self._stream.write(f"{text}\n")
            self._stream.flush()


def screen(stream: IO[str] | None = None) -> Screen:
    """Where to show something alive: the notebook, if this is one, else ``stream``, by default standard error."""
    if stream is None and in_notebook():
        handle = import_module("IPython.display").display({"text/plain": ""}, raw=True, display_id=True)
        if handle is not None:
            return Card(handle)
    stream = stream or sys.stderr
    return Line(stream) if is_terminal(stream) else Log(stream)


def in_notebook() -> bool:
    """Whether the output of this program is shown in a notebook; nothing is imported to find out."""
    shell = _shell()
    return shell is not None and hasattr(shell, "kernel")


def is_interactive() -> bool:
    """Whether somebody types one statement after the other."""
    return hasattr(sys, "ps1") or _shell() is not None


def _shell() -> Any:
    ask = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return ask() if ask is not None else None


def _in_color(text: str, stream: IO[str]) -> str:
    return " ".join(colored(word, stream) if word.isupper() and tone(word) else word for word in text.split(" "))
