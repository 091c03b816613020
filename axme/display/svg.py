"""The life of an intent as a drawing: a lane for each who had it, bars for time, signs for moments, a key below.

Labels cannot overlap: names have a column, texts stand in a bar only where they fit, and what happened at a moment is
told in lines of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from html import escape

from axme.display.axis import ticks
from axme.display.theme import style
from axme.display.timeline import Mark, Span, bounds, lanes
from axme.display.tones import tone
from axme.display.values import line, moment, span, stamp

_WIDTH, _RIGHT, _TOP = 780, 34, 30
_LANE, _BAR, _ROW = 36, 18, 18
#: Where the bar and the signs under it stand in a lane, and how wide a character may be in the widest font.
_BAR_TOP, _SIGN_MIDDLE = 3, 28
_CHAR, _MOST_NAME = 7.4, 28
_MOST_MARKS = 8
_TICK_ROOM = 74
_FILL = {"queued": "busyback", "working": "busy", "waiting": "wait"}
_SIGN_TONE = {"reminder": "wait", "escalated": "bad", "transfer": "busy", "trouble": "bad"}
_SIGNS = {
    "reminder": "M0-5a5 5 0 1 0 .01 0z",
    "escalated": "M0-6L6 5H-6z",
    "transfer": "M-5-4H1V-7L7 0 1 7V4H-5z",
    "decision": "M0-6.5L6.5 0 0 6.5-6.5 0z",
    "trouble": "M-5-3L-3-5 0-2 3-5 5-3 2 0 5 3 3 5 0 2-3 5-5 3-2 0z",
    "ended": "M-5-5H5V5H-5z",
}


def draw(title: str, spans: Sequence[Span], marks: Sequence[Mark], now: datetime, *, alone: bool = False) -> str:
    """The drawing; with ``alone``, one that brings its colours along and can be a file."""
    first, last = bounds(spans, marks, now)
    names = lanes(spans, marks)
    left = 26 + _CHAR * max((min(len(line(name)), _MOST_NAME) for name in names), default=0)
    room = _WIDTH - left - _RIGHT
    floor = _TOP + _LANE * len(names)

    def x(at: datetime) -> float:
        return left + room * min(1.0, max(0.0, (at - first) / (last - first)))

    ongoing = any(one.end is None for one in spans)
    parts = [
        _headline(first, last, {one.kind for one in spans}),
        *_names(names, left - 6),
        *_axis(first, last, x, room, floor),
        *(_bar(one, names.index(one.who), x, last) for one in spans),
        *([_now_line(x(last), floor)] if ongoing else []),
        *_signs(marks, names, x),
    ]
    below, height = _told(marks, floor + (50 if ongoing else 44), last - first)
    label = escape(f"{line(title)}: {moment(first)} to {'now' if ongoing else moment(last)}, {span(last - first)}")
    sheet = style() if alone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="axme" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" '
        f'height="{height:.0f}" role="img" aria-label="{label}" font-size="12" '
        f'font-family="system-ui,-apple-system,Segoe UI,Roboto,Helvetica Neue,sans-serif">'
        f"<title>{label}</title>{sheet}{''.join(parts)}{below}</svg>"
    )


def _headline(first: datetime, last: datetime, kinds: set[str]) -> str:
    """When it began, how long it is, and what the colours mean."""
    said = _text(4, 15, escape(f"{moment(first)} UTC · {span(last - first)}"), "soft")
    place = float(_WIDTH - 4)
    for kind in (kind for kind in ("waiting", "working", "queued") if kind in kinds):
        place -= _CHAR * len(kind) + 4
        said += _text(place + 4, 15, kind, "soft")
        said += f'<rect x="{place - 12:.1f}" y="5" width="11" height="11" rx="2" fill="{_color(_FILL[kind])}"/>'
        place -= 24
    return said


def _names(names: Sequence[str], room: float) -> list[str]:
    """The column of names; whatever the letters, none reaches out of it."""
    rows = []
    for index, name in enumerate(names):
        top, under = _TOP + _LANE * index + _BAR_TOP, _TOP + _LANE * (index + 1)
        written = _text(4, _BAR / 2 + 4, escape(line(name, _MOST_NAME)), "ink")
        rows.append(
            f"<g><title>{escape(line(name, 400))}</title>"
            f'<svg x="0" y="{top}" width="{room:.1f}" height="{_LANE - _BAR_TOP}">{written}</svg></g>'
        )
        rows.append(_rule(0, under, _WIDTH, under))
    return rows


def _axis(first: datetime, last: datetime, x: Callable[[datetime], float], room: float, floor: float) -> list[str]:
    shown = []
    for at, label in ticks(first, last, int(room / _TICK_ROOM)):
        place = x(at)
        shown.append(_rule(place, _TOP, place, floor + 4))
        shown.append(_text(place, floor + 17, escape(label), "soft", "middle"))
    return shown


def _bar(one: Span, lane: int, x: Callable[[datetime], float], last: datetime) -> str:
    end = one.end or last
    begin, wide = x(one.start), max(3.0, x(end) - x(one.start))
    top = _TOP + _LANE * lane + _BAR_TOP
    lasts = span(end - one.start) + ("" if one.end else " so far")
    told = escape(
        f"{one.kind} {lasts}: {line(one.who)}, {moment(one.start)} to {moment(one.end) if one.end else 'now'}"
    )
    inner = next((text for text in (f"{one.kind} {lasts}", lasts) if _CHAR * len(text) + 12 < wide), "")
    ink = "busy" if one.kind == "queued" else "back"
    tail = (
        ""
        if one.end
        else f'<path d="M{begin + wide:.1f} {top + _BAR / 2:.1f}h16" stroke="{_color(_FILL[one.kind])}" '
        f'stroke-width="{_BAR}" stroke-dasharray="2 3"/>'
    )
    written = _text(begin + 7, top + _BAR / 2 + 4, escape(inner), ink) if inner else ""
    return (
        f'<g><title>{told}</title><rect x="{begin:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{_BAR}" '
        f'rx="{min(4.0, wide / 2):.1f}" fill="{_color(_FILL[one.kind])}"/>{tail}{written}</g>'
    )


def _signs(marks: Sequence[Mark], names: Sequence[str], x: Callable[[datetime], float]) -> list[str]:
    shown = []
    before: dict[tuple[str, str], float] = {}
    for mark in marks:
        place, kin = x(mark.at), (mark.kind, mark.who)
        if place - before.get(kin, -99.0) < 9:
            continue  # A hundred reminders close together are told by their number below.
        before[kin] = place
        middle = _TOP + _LANE * names.index(mark.who) + _SIGN_MIDDLE
        shown.append(f"<g><title>{escape(_sentence(mark))}</title>{_sign(mark, place, middle)}</g>")
    return shown


def _told(marks: Sequence[Mark], top: float, whole: timedelta) -> tuple[str, float]:
    """What happened at a moment, line by line, and where the drawing ends."""
    if not marks:
        return "", top - 14
    few = marks if len(marks) <= _MOST_MARKS else [*marks[: _MOST_MARKS // 2], *marks[-_MOST_MARKS // 2 :]]
    rows = []
    for mark in few:
        rows.append(_sign(mark, 12, top - 4) + _text(26, top, escape(stamp(mark.at, whole)), "soft"))
        rows.append(_text(34 + _CHAR * len(stamp(mark.at, whole)), top, escape(line(mark.label, 76)), "ink"))
        top += _ROW
        if len(few) < len(marks) and len(rows) == _MOST_MARKS:
            rows.append(_text(26, top, f"… {len(marks) - len(few)} more …", "soft"))
            top += _ROW
    return "".join(rows), top - _ROW + 10


def _sentence(mark: Mark) -> str:
    return f"{moment(mark.at)} {line(mark.label)}"


def _sign(mark: Mark, x: float, y: float) -> str:
    color = _SIGN_TONE.get(mark.kind) or tone(mark.word) or "soft"
    return (
        f'<path transform="translate({x:.1f} {y:.1f})" d="{_SIGNS[mark.kind]}" fill="{_color(color)}" '
        f'stroke="{_color("back")}" stroke-width="1.5"/>'
    )


def _now_line(x: float, floor: float) -> str:
    return (
        f'<path d="M{x:.1f} {_TOP - 4}V{floor + 4}" stroke="{_color("ink")}" stroke-dasharray="3 3" fill="none"/>'
        f"{_text(x + 4, floor + 30, 'now', 'ink', 'middle')}"
    )


def _rule(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path d="M{x:.1f} {y:.1f}L{to_x:.1f} {to_y:.1f}" stroke="{_color("line")}" fill="none"/>'


def _text(x: float, y: float, safe: str, color: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{_color(color)}" text-anchor="{anchor}">{safe}</text>'


def _color(name: str) -> str:
    return f"var(--ax-{name})"
