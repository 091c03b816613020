"""What the examples print with: colours on a terminal, plain text everywhere else, and one line that stays alive."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

LIVE = sys.stdout.isatty()
PERSON = LIVE and sys.stdin.isatty() and os.name == "posix"
_COLOURS = LIVE and "NO_COLOR" not in os.environ
_WHEEL = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_CODES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "blue": 36}


def paint(text: str, *styles: str) -> str:
    """``text`` in bold, dim or a colour, where the terminal shows them."""
    return f"\033[{';'.join(str(_CODES[style]) for style in styles)}m{text}\033[0m" if _COLOURS else text


def headline(text: str) -> None:
    print(f"\n{paint(text, 'bold')}\n")


def fact(name: str, value: object) -> None:
    """A line of two columns."""
    print(f"  {paint(f'{name:<10}', 'dim')} {value}")


@contextmanager
def alive() -> Iterator[StatusLine]:
    """A status line that is drawn over and over, and gone in the end; where nobody watches, it is said once."""
    line = StatusLine()
    try:
        yield line
    finally:
        if LIVE:
            print("\r\033[K", end="", flush=True)


class StatusLine:
    """One line with a turning wheel and the time that has passed."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._turns = 0

    def draw(self, text: str) -> None:
        seconds = int(time.monotonic() - self._began)
        if LIVE:
            wheel = paint(_WHEEL[self._turns % len(_WHEEL)], "blue")
            print(
                f"\r\033[K  {wheel} {text} {paint(f'{seconds // 60:02}:{seconds % 60:02}', 'dim')} ", end="", flush=True
            )
        elif not self._turns:
            print(f"  … {text}", flush=True)
        self._turns += 1


def typed(seconds: float) -> str | None:
    """The line a person typed within some seconds; ``None`` when none did, or nobody sits there."""
    if not PERSON:
        time.sleep(seconds)
        return None
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return sys.stdin.readline().strip().lower() if ready else None
