"""How objects look: what is known of them goes to ``axme.display`` as plain data. Nothing here asks the server."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from axme.display import html, text
from axme.display.tones import colored
from axme.display.values import line
from axme.resources.base import Record, Resource, short

if TYPE_CHECKING:
    from axme.resources.collections import Page

#: Columns of a table nobody has chosen columns for.
_MOST_COLUMNS = 8
#: A table leaves these out, as far as others fill it.
_DULL = ("updated_at", "correlation_id", "org_id", "workspace_id", "event_id", "intent_id", "metadata")
_STATUS = ("status", "state", "outcome")


def card_of(record: Record) -> str:
    """One record: its declared fields as facts, records inside it as tables."""
    known = {name: item for name, item in record._glimpse().items() if item is not None}
    status = next((known.pop(name) for name in _STATUS if isinstance(known.get(name), str)), None)
    inside = {name: known.pop(name) for name in list(known) if _are_records(known[name])}
    title = _id(record)
    facts = [(name, item) for name, item in known.items() if item not in ("", [], (), {}, title)]
    below = [html.part(f"{len(some)} {name}", html.cells(*table_of(some))) for name, some in inside.items() if some]
    note = "" if facts or below or status else "a handle: nothing of it has been fetched yet"
    return html.card(type(record).__name__, title, status, facts, below, note)


def grid_of(page: Page[Any]) -> str:
    """A page as a table, with how many there are."""
    titles, rows = table_of(page)
    return html.grid(page._what, titles, rows, count=page._count(), note="there may be more" if page.cut else "")


def text_of(page: Page[Any]) -> str:
    """A page as lines of text under one another."""
    titles, rows = table_of(page)
    plain = [
        [item if isinstance(item, (int, float)) else None if item is None else line(item) for item in row]
        for row in rows
    ]
    return "\n".join(
        filter(None, (repr(page), text.table([name.replace("_", " ") for name in titles], plain) if rows else ""))
    )


def pretty(line: str, status: str) -> str:
    """``line`` with its status in colour, where it is printed to a terminal."""
    return line.replace(status, colored(status, sys.stdout), 1) if status else line


def table_of(items: Iterable[Any]) -> tuple[list[str], list[list[object]]]:
    """Titles and rows for things of one kind."""
    items = list(items)
    if not all(isinstance(item, Record) for item in items):
        return ["value"], [[item] for item in items]
    seen = [_row(item) for item in items]
    titles = _columns(seen, items[0]._COLUMNS if items else ())
    return titles, [[_brief(row.get(name)) for name in titles] for row in seen]


def _row(record: Record) -> dict[str, Any]:
    title = _id(record)
    row = {"id": title} if title else {}
    for name, item in record._glimpse().items():
        # Counts by name, such as those of usage, are columns of their own.
        row |= {key: n for key, n in item.items() if key not in row} if _are_counts(item) else {name: item}
    return row


def _id(record: Record) -> str:
    """What may be shown of its id; that of an invite is as good as a key."""
    return record._shown_id() if isinstance(record, Resource) else ""


def _columns(rows: Sequence[Mapping[str, Any]], chosen: tuple[str, ...]) -> list[str]:
    there = list(dict.fromkeys(name for row in rows for name in row if _tells(name, rows)))
    if chosen:
        return [name for name in ("id", *chosen) if name in there]
    for name in _DULL:
        if len(there) > _MOST_COLUMNS and name in there:
            there.remove(name)
    return there[:_MOST_COLUMNS]


def _tells(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a column has anything to say in the room of a cell."""
    some = [row[name] for row in rows if row.get(name) not in (None, "", [], {}, ())]
    return bool(some) and not any(_are_records(item) for item in some)


def _brief(item: Any) -> Any:
    return short(item) if isinstance(item, str) else item


def _are_counts(item: Any) -> bool:
    return isinstance(item, dict) and bool(item) and all(type(count) in (int, float) for count in item.values())


def _are_records(item: Any) -> bool:
    return isinstance(item, tuple) and all(isinstance(one, Record) for one in item) and bool(item)
