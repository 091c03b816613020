"""The life of an intent as lines of text: when, what, and who or why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from axme.contract import clock

_PREFIX = "intent."


class Moment(NamedTuple):
    """One event, ready to be shown."""

    at: datetime
    after: timedelta
    what: str
    status: str
    about: str


def moments(events: Iterable[Mapping[str, Any]]) -> Iterator[Moment]:
    """Events as received, in order, as what a reader wants to know of each."""
    first: datetime | None = None
    holder = ""
    for event in events:
        at = clock.from_text(str(event.get("at")))
        first = first or at
        asked = event.get("pending_with") or {}
        about, holder = _about(event, str(asked.get("name") or asked.get("ref") or ""), holder)
        what = str(event.get("event_type", "")).removeprefix(_PREFIX)
        yield Moment(at, at - first, what, str(event.get("status", "")), about)


def since(after: timedelta) -> str:
    """A moment counted from the first: ``+0:00:07``, ``+1 d 08:00``."""
    if after < timedelta(days=1):
        return f"+{timedelta(seconds=int(after.total_seconds()))}"
    minutes = after.seconds // 60
    return f"+{after.days} d {minutes // 60:02}:{minutes % 60:02}"


def story(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """One aligned line for each event."""
    rows = [(since(one.after), one.what, one.about) for one in moments(events)]
    wide = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    return [f"{when.rjust(wide[0])}  {what.ljust(wide[1])}  {about}".rstrip() for when, what, about in rows]


def _about(event: Mapping[str, Any], asked: str, holder: str) -> tuple[str, str]:
    """What an event is about, and who is waited for after it."""
    details = event.get("details") or {}
    said = [_decided(details) or _reason(details)]
    if count := details.get("remind_count"):
        said.insert(0, f"no. {count}")
    if asked and asked != holder:
        said.insert(0, f"for {asked}")
    elif not any(said) and event.get("handler"):
        said.append(f"by {event['handler']}")
    return _plain(", ".join(filter(None, said))), asked


def _decided(details: Mapping[str, Any]) -> str:
    answer = details.get("task_result")
    if not isinstance(answer, Mapping):
        return ""
    by = f" by {details['decided_by']}" if details.get("decided_by") else ""
    comment = f": {answer['comment']}" if answer.get("comment") else ""
    return f"{answer.get('outcome')}{by}{comment}"


def _reason(details: Mapping[str, Any]) -> str:
    error = details.get("error")
    return str((error.get("message") if isinstance(error, Mapping) else error) or details.get("reason") or "")


def _plain(text: str) -> str:
    """Nothing that moves a cursor."""
    return "".join(char if char.isprintable() else " " for char in text)
