"""One value as one line of text that moves no cursor, turns no writing direction and gives no secret away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from axme.contract.redaction import HIDDEN, is_telling, without_secrets

_DEEPEST = 8


def line(value: object, most: int = 120) -> str:
    """``value`` as one line of at most ``most`` characters; ``None`` is a dash."""
    text = printable(without_secrets(_text(value)))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def printable(text: str) -> str:
    """``text`` with a space for a line break, and ``?`` for what else is not seen or turns the writing direction."""
    return "".join(char if char.isprintable() else " " if char in "\n\t\r" else "?" for char in text)


def moment(at: datetime) -> str:
    """A moment in UTC, to the second: ``2026-11-22 12:00:03``."""
    at = at if at.tzinfo is None else at.astimezone(UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S")


def stamp(at: datetime, whole: timedelta) -> str:
    """A moment among others: with milliseconds, and without the day, where all of them lie within a minute."""
    short = whole < timedelta(minutes=1)
    return (at if at.tzinfo is None else at.astimezone(UTC)).strftime("%H:%M:%S.%f")[:-3] if short else moment(at)


def span(length: timedelta) -> str:
    """How long, in its two largest units: ``2 d 4 h``, ``1 min 5 s``, ``12 s``, ``340 ms``."""
    seconds = max(0.0, length.total_seconds())
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    units = ((whole // 86_400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s"))
    first = next(index for index, (count, _) in enumerate(units) if count)
    return " ".join(f"{count} {unit}" for count, unit in units[first : first + 2] if count)


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, timedelta):
        return span(value)
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return ", ".join(value) or "–"
    if isinstance(value, (Mapping, list, tuple)):
        return json.dumps(_hidden(value), ensure_ascii=False, default=str)
    return str(value)


def _hidden(value: Any, depth: int = 0) -> Any:
    """Decoded JSON without what stands under a telling name."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {
            str(key): HIDDEN if isinstance(item, str) and is_telling(str(key)) else _hidden(item, depth + 1)
            for key, item in value.items()
        }
    return [_hidden(item, depth + 1) for item in value] if isinstance(value, (list, tuple)) else value
