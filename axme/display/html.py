"""Cards and tables. Only this file and the timeline write markup; every value in it is escaped here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from html import escape

from axme.display.theme import style
from axme.display.tones import tone
from axme.display.values import line, moment

_LONGEST_CELL = 64
_LONGEST_FACT = 400
_MOST_ROWS = 200
#: Columns whose words are statuses.
_STATUS_NAMES = frozenset({"status", "state", "health", "outcome", "health_status"})


class Markup(str):
    """Text that is markup already, made in this room."""

    __slots__ = ()


def card(kind: str, title: object = "", badge: object = None, facts: Iterable[tuple[str, object]] = (),
         below: Iterable[Markup] = (), note: object = "") -> str:  # fmt: skip
    """One thing: what it is, its id, its status, what is known of it, and what stands below that."""
    rows = "".join(
        f"<tr><th>{_words(name)}</th><td>{value(item, name, _LONGEST_FACT)}</td></tr>" for name, item in facts
    )
    table = f'<table class="axme-facts"><tbody>{rows}</tbody></table>' if rows else ""
    inner = "".join([table, *below])
    body = f'<div class="axme-body">{inner}</div>' if inner else ""
    return _framed(_head(kind, title, [pill(badge)] if badge else [], note) + body)


def grid(kind: str, titles: Sequence[str], rows: Sequence[Sequence[object]], *, count: str = "", note: str = "") -> str:
    """Many things: a head with how many there are, of each status too, and one line for each."""
    shown = rows[:_MOST_ROWS]
    left = f"{len(rows) - len(shown)} more are not drawn" if len(rows) > len(shown) else ""
    pills = [Markup(f"{pill(word)} {number}") for word, number in _counted(titles, rows)]
    body = f'<div class="axme-body axme-scroll">{cells(titles, shown)}</div>' if rows else ""
    said = " · ".join(filter(None, (note, left)))
    return _framed(_head(kind, count or str(len(rows)), pills, said) + body, wide=True)


def cells(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> Markup:
    """A bare table; numbers stand to the right."""
    right = [
        any(_number(row[column]) for row in rows) and all(row[column] is None or _number(row[column]) for row in rows)
        for column in range(len(titles))
    ]
    side = [' class="axme-right"' if flag else "" for flag in right]
    head = "".join(f"<th{place}>{_words(name)}</th>" for name, place in zip(titles, side, strict=True))
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{place}>{value(item, name, _LONGEST_CELL)}</td>"
            for item, name, place in zip(row, titles, side, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return Markup(f'<table class="axme-grid"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def value(item: object, name: str = "", most: int = _LONGEST_CELL) -> Markup:
    """One value as markup: statuses as pills, moments as times, what is absent as a dash."""
    if isinstance(item, Markup):
        return item
    if item is None or item in ("", [], {}):
        return Markup('<span class="axme-none">–</span>')
    if isinstance(item, Enum) or name in _STATUS_NAMES:
        return pill(item)
    if isinstance(item, datetime):
        return Markup(f'<time datetime="{escape(item.isoformat())}">{moment(item)}</time>')
    text = line(item, most)
    whole = line(item, 4000)
    title = f' title="{escape(whole)}"' if whole != text and len(whole) > most else ""
    if isinstance(item, Mapping) or (isinstance(item, (list, tuple)) and not all(isinstance(one, str) for one in item)):
        return Markup(f"<code{title}>{escape(text)}</code>")
    return Markup(f"<span{title}>{escape(text)}</span>" if title else escape(text))


def pill(word: object) -> Markup:
    """A status word in the colour of its tone."""
    text = line(word, 40)
    name = tone(word)
    return Markup(f'<span class="axme-pill{f" axme-{name}" if name else ""}">{escape(text)}</span>')


def part(title: str, inner: Markup) -> Markup:
    """Something below the facts, under a small heading."""
    return Markup(f'<div class="axme-note" style="margin-top:8px">{escape(line(title))}</div>{inner}')


def _framed(inner: str, *, wide: bool = False) -> str:
    kind = "axme-card axme-wide" if wide else "axme-card"
    return f'<div class="axme">{style()}<div class="{kind}">{inner}</div></div>'


def _head(kind: str, title: object, pills: Iterable[str], note: object) -> str:
    shown = f'<span class="axme-id">{escape(line(title))}</span>' if title != "" else ""
    said = f'<span class="axme-note">{escape(line(note))}</span>' if note else ""
    return (
        f'<div class="axme-head"><span class="axme-kind">{escape(line(kind))}</span>{shown}'
        f'<span class="axme-grow"></span>{"".join(pills)}{said}</div>'
    )


def _counted(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> list[tuple[str, int]]:
    column = next((index for index, name in enumerate(titles) if name in _STATUS_NAMES), None)
    if column is None or len(rows) < 2:
        return []
    return Counter(line(row[column], 40) for row in rows if row[column] is not None).most_common(6)


def _words(name: str) -> str:
    return escape(line(name.replace("_", " ")))


def _number(item: object) -> bool:
    return isinstance(item, (int, float)) and not isinstance(item, bool)
