"""What is known after a run: what clients were told, what observers saw, what arrived outside, what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Row = Mapping[str, Any]
Outcome = Literal["ok", "rejected", "not_sent", "unknown"]


@dataclass(frozen=True, slots=True)
class Op:
    """One logical call of a client. ``unknown`` stays open: it may have happened, or not."""

    verb: str
    outcome: Outcome
    key: str = ""
    intent_id: str = ""
    sender: str = "admin"
    #: What was asked, as far as it matters: ``payload``, ``status``, ``expected``.
    asked: Row = field(default_factory=dict)
    #: What the gateway answered, or the ``details`` of its refusal.
    answer: Row = field(default_factory=dict)
    began: float = 0.0
    ended: float = 0.0


class Seen(NamedTuple):
    """What one observer was shown of an intent."""

    intent_id: str
    since: int
    events: Sequence[Row]


class Timer(NamedTuple):
    """Something that must happen to an intent ``count`` times, not before ``due_at`` (microseconds)."""

    intent_id: str
    event_type: str
    due_at: int
    #: How late it may be, in seconds.
    bound: float
    count: int = 1


class Mail(NamedTuple):
    """A mail that arrived: what it is about, and where its link leads."""

    intent_id: str
    recipient: str
    leads_to: str


class Post(NamedTuple):
    """A webhook that arrived."""

    event_id: str
    subscription_id: str
    body: str


@dataclass(slots=True)
class History:
    """Everything that was seen from outside."""

    ops: list[Op] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    #: Tasks about which somebody must have been written to.
    mailed_tasks: list[str] = field(default_factory=list)
    #: Texts in which no secret may stand (logs, answers, dumps), by name, and the secrets.
    texts: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    def of(self, verb: str, *outcomes: str) -> Iterator[Op]:
        """The calls of a verb that ended so."""
        return (op for op in self.ops if op.verb == verb and (not outcomes or op.outcome in outcomes))


@dataclass(slots=True)
class Final:
    """The database when all is over."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    #: What the database's own checks found.
    faults: list[str] = field(default_factory=list)
    #: When it was read, in microseconds; 0 where leases do not matter.
    now: int = 0

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables.get(table, [])

    def intent(self, intent_id: str) -> Row | None:
        """The row of an intent."""
        return next((row for row in self["intents"] if row["intent_id"] == intent_id), None)

    def events(self) -> dict[str, list[Row]]:
        """The events of each intent, in order."""
        found: dict[str, list[Row]] = {row["intent_id"]: [] for row in self["intents"]}
        for event in sorted(self["intent_events"], key=lambda row: (row["intent_id"], row["seq"])):
            found.setdefault(event["intent_id"], []).append(event)
        return found


class Violation(NamedTuple):
    """One promise that was not kept."""

    name: str
    text: str


Found = Iterator[Violation]
