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


class Story:
    """Reads the events of one intent in order, and knows who is waited for."""

    def __init__(self) -> None:
        self._first: datetime | None = None
        #: Who is waited for after the last event.
        self.holder = ""

    def tell(self, event: Mapping[str, Any]) -> Moment:
        """An event as received, as what a reader wants to know of it."""
        at = clock.from_text(str(event.get("at")))
        self._first = self._first or at
        asked = event.get("pending_with") or {}
        before, self.holder = self.holder, _plain(str(asked.get("name") or asked.get("ref") or ""))
        about = _about(event, self.holder if self.holder != before else "")
        what = _plain(str(event.get("event_type", "")).removeprefix(_PREFIX))
        return Moment(at, at - self._first, what, _plain(str(event.get("status", ""))), about)


def moments(events: Iterable[Mapping[str, Any]]) -> Iterator[Moment]:
    """All events of an intent, in order."""
    told = Story()
    return map(told.tell, events)


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


def _about(event: Mapping[str, Any], asked: str) -> str:
    """Who is asked newly, what was decided, why it ended, or who works on it."""
    details = event.get("details") or {}
    count = details.get("remind_count")
    said = [f"for {asked}" if asked else "", f"no. {count}" if count else "", _decided(details) or _reason(details)]
    if not any(said) and event.get("handler"):
        said = [f"by {event['handler']}"]
    return _plain(", ".join(filter(None, said)))


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
