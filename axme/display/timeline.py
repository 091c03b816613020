"""The life of an intent as plain data: who had it from when to when, and what happened at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from axme.display.text import table
from axme.display.values import line, span, stamp

_BAR_CHARS = 32


class Span(NamedTuple):
    """A stretch of time: ``kind`` is ``queued``, ``working`` or ``waiting``; ``end`` is ``None`` while it lasts."""

    kind: str
    who: str
    start: datetime
    end: datetime | None
    reason: str | None = None


class Mark(NamedTuple):
    """A moment: ``kind`` is ``reminder``, ``escalated``, ``transfer``, ``decision``, ``trouble`` or ``ended``."""

    kind: str
    who: str
    at: datetime
    label: str
    #: The word that gives it its colour: an outcome or a status.
    word: str = ""


def lanes(spans: Iterable[Span], marks: Iterable[Mark]) -> list[str]:
    """Everybody who had a part in it, in the order of their first."""
    return list(dict.fromkeys([*(one.who for one in spans), *(one.who for one in marks)]))


def bounds(spans: Sequence[Span], marks: Sequence[Mark], now: datetime) -> tuple[datetime, datetime]:
    """From the first moment to the last; to ``now``, where something still lasts."""
    moments = [one.start for one in spans] + [one.at for one in marks] + [one.end for one in spans if one.end]
    if any(one.end is None for one in spans):
        moments.append(now)
    first, last = min(moments, default=now), max(moments, default=now)
    return first, max(last, first + timedelta(milliseconds=1))


def as_text(spans: Sequence[Span], marks: Sequence[Mark], now: datetime) -> str:
    """Lines of text with a bar for each stretch of time, in the order things happened."""
    first, last = bounds(spans, marks, now)
    whole = last - first

    def place(at: datetime) -> int:
        return min(_BAR_CHARS, max(0, int((at - first) / whole * _BAR_CHARS)))

    rows: list[tuple[datetime, tuple[str, ...]]] = []
    for one in spans:
        end = one.end or last
        begin = min(place(one.start), _BAR_CHARS - 1)
        stop = max(place(end), begin + 1)
        shape = "·" * begin + "█" * (stop - begin) + "·" * (_BAR_CHARS - stop)
        lasts = span(end - one.start) + ("" if one.end else " …")
        rows.append((one.start, (stamp(one.start, whole), shape, one.kind, line(one.who, 40), lasts)))
    for mark in marks:
        at = min(place(mark.at), _BAR_CHARS - 1)
        shape = "·" * at + "◆" + "·" * (_BAR_CHARS - at - 1)
        rows.append((mark.at, (stamp(mark.at, whole), shape, mark.kind, line(mark.who, 40), line(mark.label, 60))))
    rows.sort(key=lambda row: row[0])
    return table(["at (UTC)", "", "what", "who", ""], [row for _, row in rows])
