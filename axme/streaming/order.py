"""Which events come next: pure rules, no I/O (contract 2.3 and 2.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Any

from axme.contract import jsontext
from axme.exceptions import AxmeProtocolError

Event = dict[str, Any]


class DoubtfulError(Exception):
    """What came cannot be right. It is never skipped: the truth must be asked for elsewhere."""


class GapError(DoubtfulError):
    """Events are missing before the one that came."""


class Order:
    """Lets through each event once, in the order of ``seq``.

    Args:
        since: the ``seq`` of the last event already known.
        contiguous: whether ``seq`` counts 1, 2, 3 …, as an intent's events do; else it only ever grows.
        subject: the ``intent_id`` every event must carry; ``None`` where any may come.
    """

    def __init__(self, since: int, *, contiguous: bool, subject: str | None) -> None:
        self.position = since
        self._contiguous = contiguous
        self._subject = subject.lower() if subject is not None else None
        self._fresh = True

    def admit(self, event: Any) -> bool:
        """Whether ``event`` is the next one; ``False`` for one that has been let through before.

        Raises:
            GapError: others must come first.
            DoubtfulError: it is no event, or one of another intent.
        """
        seq = self._checked_seq(event)
        fresh, self._fresh = self._fresh, False
        if seq <= self.position:
            # A server that has nothing newer than ``since`` sends the event ``since`` itself once it happens (contract
            # 1.11), for programs that count on from last + 1; only then is it the first to come.
            return fresh and self._contiguous and seq == self.position
        if self._contiguous and seq != self.position + 1:
            raise GapError(f"event {seq} came after event {self.position}, and none between")
        self.position = seq
        return True

    def admit_all(self, events: Iterable[Any]) -> Iterator[Event]:
        """The next events out of a list in any order; the list is checked whole before the first is given."""
        self._fresh = False
        for _, event in sorted(((self._checked_seq(event), event) for event in events), key=itemgetter(0)):
            if self.admit(event):
                yield event

    def _checked_seq(self, event: Any) -> int:
        if not isinstance(event, dict):
            raise DoubtfulError(f"an event is a JSON object, not {str(event)[:80]!r}")
        seq = event.get("seq")
        if type(seq) is not int or seq < 1:
            raise DoubtfulError(f"an event has the impossible seq {str(seq)[:80]!r}")
        owner = event.get("intent_id")
        if owner != self._subject and self._subject is not None and str(owner).lower() != self._subject:
            raise DoubtfulError(f"event {seq} belongs to another intent: {str(owner)[:80]!r}")
        return seq


def events_of(answer: dict[str, Any]) -> list[Event]:
    """The events in the answer of a list.

    Raises:
        AxmeProtocolError: there is no list of events in it.
    """
    events = answer.get("events")
    if not isinstance(events, list):
        raise AxmeProtocolError("the server's answer is not what the protocol allows: it holds no list of events")
    return events


def decode(data: str) -> Any:
    """The JSON of one event.

    Raises:
        DoubtfulError: it is none.
    """
    try:
        return jsontext.loads(data)
    except jsontext.JsonError as error:
        raise DoubtfulError(f"an event does not parse: {error}") from None
