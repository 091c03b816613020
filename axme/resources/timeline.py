"""The life of an intent, made of its events: who had it for how long, and what happened at which moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from axme.contract import clock
from axme.contract.statuses import EventType, WaitingReason, is_terminal
from axme.display import html
from axme.display.timeline import Mark, Span, as_text, bounds
from axme.resources.base import short

_BEFORE_WORK = frozenset({"CREATED", "SUBMITTED", "DELIVERED", "ACKNOWLEDGED"})
_THINGS: dict[str | None, str] = {
    WaitingReason.TIME: "time",
    WaitingReason.TOOL: "a tool",
    WaitingReason.AGENT: "an agent",
    WaitingReason.HUMAN: "a person",
}


class Timeline:
    """``spans`` and ``marks`` as data, with the drawing of them: in a notebook an SVG, printed a table with bars.

    Example:
        >>> line = intent.timeline()  # doctest: +SKIP
        >>> [(span.kind, span.who) for span in line.spans]  # doctest: +SKIP
        [('waiting', 'anna@example.com'), ('working', 'shop')]
        >>> Path("life.svg").write_text(line.to_svg())  # doctest: +SKIP
    """

    __slots__ = ("intent_id", "marks", "now", "spans", "status")

    def __init__(
        self, intent_id: str, events: Iterable[Mapping[str, Any]], *, recipient: str = "", now: datetime
    ) -> None:
        known = sorted((event for event in events), key=lambda event: event["seq"])
        self.intent_id = intent_id
        self.status = str(known[-1]["status"]) if known else ""
        self.spans: tuple[Span, ...] = tuple(_spans(known, recipient))
        self.marks: tuple[Mark, ...] = tuple(_marks(known, recipient))
        self.now = max([now, *(clock.from_text(event["at"]) for event in known[-1:])])

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return bounds(self.spans, self.marks, self.now)[0]

    @property
    def end(self) -> datetime | None:
        """Its last moment; ``None`` while it lasts."""
        return self.marks[-1].at if self.marks and self.marks[-1].kind == "ended" else None

    def to_frame(self, library: str | None = None) -> Any:
        """The spans as a data frame: ``kind``, ``who``, ``start``, ``end``, ``seconds`` and ``reason``.

        What still lasts has no ``end``, and counts up to now. Arguments and errors as of ``Page.to_frame()``.
        """
        from axme.resources import _frames

        kinds = {"kind": str, "who": str, "start": datetime, "end": datetime, "seconds": float, "reason": str}
        rows = (one._asdict() | {"seconds": ((one.end or self.now) - one.start).total_seconds()} for one in self.spans)
        return _frames.frame(kinds, rows, library)

    def to_svg(self) -> str:
        """The drawing as a file of its own, light or dark as the reader's system prefers."""
        from axme.display import svg

        return svg.draw(f"intent {self.intent_id} {self.status}", self.spans, self.marks, self.now, alone=True)

    def drawing(self) -> html.Markup:
        """The drawing as part of a card."""
        from axme.display import svg

        drawn = svg.draw(f"intent {self.intent_id}", self.spans, self.marks, self.now) if self.spans else ""
        return html.Markup(drawn)

    def _repr_html_(self) -> str:
        return html.card("Timeline", self.intent_id, self.status, below=[self.drawing()])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def __str__(self) -> str:
        return as_text(self.spans, self.marks, self.now)

    def __repr__(self) -> str:
        return f"<Timeline of {short(self.intent_id)} {self.status}: {len(self.spans)} spans, {len(self.marks)} marks>"


def _spans(events: list[Mapping[str, Any]], recipient: str) -> Iterator[Span]:
    """Neighbouring events that leave it with the same holder are one stretch; what took no time is left out."""
    now: Span | None = None
    for event in events:
        at, (kind, who, reason) = clock.from_text(event["at"]), _state(event, recipient)
        if now is not None and (kind, who) == (now.kind, now.who):
            continue
        if now is not None and at > now.start:
            yield now._replace(end=at)
        now = Span(kind, who, at, None, reason) if kind else None
    if now is not None:
        yield now


def _state(event: Mapping[str, Any], recipient: str) -> tuple[str, str, str | None]:
    """What the event leaves it as: queued, working, waiting or (empty) over; with whom; and why."""
    status = str(event["status"])
    if is_terminal(status):
        return "", "", None
    if status == "WAITING":
        reason = event.get("waiting_reason")
        return "waiting", _holder(event) or _THINGS.get(reason, "somebody"), reason
    return "queued" if status in _BEFORE_WORK else "working", _name(event.get("handler") or recipient), None


def _marks(events: list[Mapping[str, Any]], recipient: str) -> Iterator[Mark]:
    with_whom, told = _name(recipient), None
    for event in events:
        at, details = clock.from_text(event["at"]), event.get("details") or {}
        before, with_whom = with_whom, _state(event, recipient)[1] or with_whom
        outcome = details.get("outcome")
        # The end repeats the decision that led to it.
        decision = (outcome, details.get("decided_at")) if outcome and details.get("task_result") else None
        if decision and decision != told:
            told = decision
            by = f" by {_name(details.get('decided_by') or event.get('actor'))}"
            yield Mark("decision", before, at, f"{outcome}{by}{_said(details)}", str(outcome))
        yield from _of_type(str(event["event_type"]), event, details, at, before if not outcome else with_whom)


def _of_type(kind: str, event: Mapping[str, Any], details: Mapping[str, Any], at: datetime, who: str) -> Iterator[Mark]:
    status = str(event["status"])
    if kind == EventType.REMINDER:
        yield Mark("reminder", who, at, f"reminder {details.get('remind_count', '')} to {who}".replace("  ", " "))
    elif kind == EventType.ESCALATED:
        yield Mark("escalated", who, at, f"escalated to {_name(details.get('escalated_to'))}")
    elif kind == EventType.TRANSFER:
        yield Mark("transfer", who, at, f"handed over to {_holder(event) or _name(event.get('handler'))}")
    elif kind == EventType.DELIVERY_FAILED:
        yield Mark("trouble", who, at, f"delivery attempt {details.get('delivery_attempt', '')} failed")
    elif kind == EventType.TIMEOUT:
        yield Mark("trouble", who, at, "a step ran out of time")
    if is_terminal(status):
        yield Mark("ended", who, at, f"{status}{_why(event, details)}", status)


def _why(event: Mapping[str, Any], details: Mapping[str, Any]) -> str:
    error = details.get("error")
    reason = (
        event.get("reason") or details.get("reason") or (error.get("message") if isinstance(error, dict) else error)
    )
    return f": {reason}" if reason else ""


def _said(details: Mapping[str, Any]) -> str:
    answer = details["task_result"]
    comment = answer.get("comment") if isinstance(answer, Mapping) else None
    return f": “{comment}”" if comment else ""


def _holder(event: Mapping[str, Any]) -> str:
    holder = event.get("pending_with")
    return _name(holder.get("name") or holder.get("ref")) if isinstance(holder, Mapping) else ""


def _name(address: Any) -> str:
    """The last part of an address; anything else as it is."""
    text = str(address or "somebody")
    return text.rpartition("/")[2] if text.startswith("agent://") else text
