"""The payload of an intent, as people read it: texts, lists, tables, and what is large folded away. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from axme.gateway.web.words import in_words

#: Longer texts are folded, deeper values shown as JSON, and so many values on a page at all.
_LONG_TEXT = 600
_LONG_LINES = 12
_DEEPEST = 5
_MOST_VALUES = 400
_MOST_COLUMNS = 6
_MANY = 12
_MANY_AT_THE_TOP = 40
_MOST_ENTRIES = 200
_LINK = re.compile(r"https?://[!-~]{1,2000}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """One value: its ``kind`` says which of the rest is filled."""

    kind: str
    text: str = ""
    entries: tuple[tuple[str, Shown], ...] = ()
    items: tuple[Shown, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Shown, ...], ...] = ()
    #: What is written on the fold, if there is one.
    fold: str = ""


def shown(value: Any) -> Shown:
    """How ``value`` is shown."""
    return _Shower().value(value, 0)


class _Shower:
    def __init__(self) -> None:
        self._left = _MOST_VALUES

    def value(self, value: Any, depth: int) -> Shown:
        self._left -= 1
        if isinstance(value, str):
            return _text(value)
        if not isinstance(value, dict | list):
            return Shown("nothing" if value is None else "plain", _plain(value))
        if not value:
            return Shown("nothing", "none")
        if depth >= _DEEPEST or self._left <= 0 or len(value) > _MOST_ENTRIES:
            return _json(value)
        if isinstance(value, dict):
            return self._object(value, depth)
        columns = _columns(value)
        fold = f"{len(value)} entries" if len(value) > _MANY else ""
        if columns:
            rows = tuple(tuple(self.value(row.get(name), depth + 1) for name in columns) for row in value)
            return Shown("table", columns=tuple(map(in_words, columns)), rows=rows, fold=fold)
        return Shown("list", items=tuple(self.value(item, depth + 1) for item in value), fold=fold)

    def _object(self, value: Mapping[str, Any], depth: int) -> Shown:
        fold = f"{len(value)} entries" if len(value) > (_MANY if depth else _MANY_AT_THE_TOP) else ""
        entries = tuple((in_words(key), self.value(item, depth + 1)) for key, item in value.items())
        return Shown("object", entries=entries, fold=fold)


def _text(text: str) -> Shown:
    if _LINK.fullmatch(text) and _is_link(text):
        return Shown("link", text)
    if len(text) > _LONG_TEXT or text.count("\n") > _LONG_LINES:
        return Shown("text", text, fold=f"{text.strip()[:60].splitlines()[0] if text.strip() else ''}…")
    return Shown("text" if text else "nothing", text or "empty")


def _is_link(text: str) -> bool:
    """Whether it leads where it seems to lead: no name or password before the host, no odd spelling."""
    try:
        pieces = urlsplit(text)
        return bool(pieces.hostname) and "@" not in pieces.netloc and "\\" not in text
    except ValueError:
        return False


def _plain(value: Any) -> str:
    if value is None:
        return "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else json.dumps(value)


def _json(value: Any) -> Shown:
    return Shown("json", json.dumps(value, indent=2, ensure_ascii=False), fold=f"{len(value)} entries")


def _columns(items: list[Any]) -> tuple[str, ...]:
    """The columns of a list of records that are all alike and flat; none of any other list."""
    if len(items) < 2 or not all(isinstance(item, dict) and item for item in items):
        return ()
    names = tuple(dict.fromkeys(name for item in items for name in item))
    flat = all(not isinstance(value, dict | list) for item in items for value in item.values())
    return names if flat and len(names) <= _MOST_COLUMNS else ()
