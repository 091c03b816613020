"""What a command prints: tables for people, JSON for programs, and colours where somebody sits before them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from axme.display import text, values
from axme.display.tones import tone

_STYLES = {"good": "green", "busy": "cyan", "wait": "yellow", "bad": "red", "over": "bright_black"}
#: What is drawn in the colour of its tone: words elsewhere may look like a status and are none.
_TONED = frozenset({"status", "health"})
_MOST_CHARS = 200


def console() -> Console:
    """Standard output, as it is now."""
    return Console(file=sys.stdout, highlight=False, emoji=False, markup=False, soft_wrap=True)


def as_json(data: Any) -> None:
    """One JSON document."""
    print(json.dumps(data, indent=2, ensure_ascii=False))


def as_json_line(data: Any) -> None:
    """One JSON document on one line, at once."""
    print(json.dumps(data, ensure_ascii=False), flush=True)


def table(titles: Sequence[str], rows: Iterable[Sequence[object]], *, none: str) -> None:
    """Rows under titles; ``none`` where there are no rows. Piped, it is plain text that is never wrapped."""
    listed = [["" if cell is None else cell for cell in row] for row in rows]
    out = console()
    if not listed:
        print(none, file=sys.stderr)
    elif not out.is_terminal:
        print(text.table(titles, listed))
    else:
        drawn = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
        for number, title in enumerate(titles):
            numbers = all(isinstance(row[number], int) for row in listed)
            drawn.add_column(title, no_wrap=number == 0, overflow="fold", justify="right" if numbers else "left")
        for row in listed:
            drawn.add_row(*(_cell(title, cell) for title, cell in zip(titles, row, strict=True)))
        out.print(drawn, soft_wrap=False)


def facts(title: str, pairs: Iterable[tuple[str, object]]) -> None:
    """A title, and what is known under it: what is empty is left out."""
    out = console()
    out.print(Text(clean(title), style="bold"))
    known = [(name, value) for name, value in pairs if value not in (None, "", {}, [])]
    wide = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        out.print(Text.assemble("  ", (name.ljust(wide), "bright_black"), "  ", _cell(name, value)))


def word(status: object) -> Text:
    """A status, in the colour of its tone."""
    shown = clean(status)
    return Text(shown, style=_STYLES.get(tone(shown), ""))


def _cell(title: str, value: object) -> Text:
    shown = clean(value)
    short = shown if len(shown) <= _MOST_CHARS else f"{shown[: _MOST_CHARS - 1]}…"
    return word(short) if title in _TONED else Text(short)


def clean(value: object) -> str:
    """One line, with nothing in it that moves a cursor or changes a colour."""
    return "".join(char if char.isprintable() else " " for char in str(value))


def compact(value: object) -> str:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False) if value else ""


def when(at: datetime | None) -> str:
    """A moment, with its zone; nothing for none."""
    return f"{values.moment(at)} UTC" if at else ""


def say(line: str) -> None:
    """One line about what was done."""
    console().print(Text(clean(line)))
