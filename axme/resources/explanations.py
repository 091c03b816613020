"""Why an intent stands where it stands, in sentences, with what comes next and the calls that move it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from axme.contract.statuses import IntentStatus
from axme.display import html
from axme.display.values import moment, span


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that will happen unless something else happens first; no ``at`` while the intent is paused."""

    what: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Something that can be done about it: in words, as a call in Python, and as a request."""

    what: str
    call: str
    http: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an intent stands where it stands; ``print`` it.

    Args:
        intent_id: which intent.
        status: its status.
        summary: one sentence: what it waits for, or how it ended.
        waits_for: the person, agent or worker it waits for, or what; ``None`` once it has ended.
        since: when it came to be so.
        because: more sentences that explain it.
        coming: what happens by itself, the next first.
        moves: what can be done about it.
        at: when the gateway said so.
    """

    intent_id: str
    status: IntentStatus
    summary: str
    waits_for: str | None = None
    since: datetime | None = None
    because: tuple[str, ...] = ()
    coming: tuple[Coming, ...] = ()
    moves: tuple[Move, ...] = ()
    at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """The same as plain JSON data, for programs."""
        return {
            "intent_id": self.intent_id,
            "status": str(self.status),
            "summary": self.summary,
            "waits_for": self.waits_for,
            "since": self.since and self.since.isoformat(),
            "because": list(self.because),
            "coming": [{"what": one.what, "at": one.at and one.at.isoformat()} for one in self.coming],
            "moves": [{"what": one.what, "call": one.call, "http": one.http} for one in self.moves],
        }

    def __str__(self) -> str:
        lines = [f"Intent {self.intent_id} {self.summary}."]
        if self.since is not None:
            lines += _block("since", [f"{moment(self.since)} UTC{_ago(self.since, self.at)}"])
        lines += _block("why", list(self.because))
        lines += _block("next", [self._told(one) for one in self.coming])
        lines += _block("to move it", [line for move in self.moves for line in _lines(move)])
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        facts = [
            ("since", self.since and f"{moment(self.since)} UTC{_ago(self.since, self.at)}"),
            *(("why", line) for line in self.because),
            *(("next", self._told(one)) for one in self.coming),
            *(("to move it", f"{move.what}: {move.call}") for move in self.moves),
        ]
        return html.card("Intent", self.intent_id, self.status, facts, note=self.summary)

    def _told(self, one: Coming) -> str:
        return one.what if one.at is None else f"{moment(one.at)} UTC{_ago(one.at, self.at)}: {one.what}"


def _ago(at: datetime, now: datetime | None) -> str:
    """How far ``at`` is from ``now``, to stand behind it; nothing where the present is not known."""
    if now is None:
        return ""
    return f" (in {span(at - now)})" if at > now else f" ({span(now - at)} ago)"


def _lines(move: Move) -> list[str]:
    return list(filter(None, (f"{move.what}: {move.call}", move.http and f"  {move.http}")))


def _block(title: str, lines: list[str]) -> list[str]:
    return [f"  {'' if number else title:<10}  {line}" for number, line in enumerate(lines)]
