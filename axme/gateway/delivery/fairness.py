"""Which targets may be sent to now, so that one that is slow slows nobody else.

A target proves itself by answering within a second. One that is proven gets several pushes at a time; any other gets
one, and all of those together at most half of what there is. Not safe for threads: whoever shares it holds a lock.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from axme.gateway.store.queries.outside import Open

#: An answer that takes longer makes a target slow.
QUICK_SECONDS = 1.0
#: Pushes to one proven target at a time.
AT_ONCE = 3
#: Proven targets that are remembered.
REMEMBERED = 1000


class Ticket(NamedTuple):
    """A push under way."""

    target: str
    since: float


class Fairness:
    """What is under way, and who has proven itself."""

    def __init__(self, places: int) -> None:
        self._for_unproven = max(1, places // 2)
        self._proven: dict[str, None] = {}
        self._tickets: list[Ticket] = []

    @property
    def under_way(self) -> int:
        """How many pushes there are now."""
        return len(self._tickets)

    def open_targets(self, now: float) -> Open:
        """Who may be sent to."""
        quick = self._proven.keys() - {ticket.target for ticket in self._tickets if now - ticket.since > QUICK_SECONDS}
        counts = Counter(ticket.target for ticket in self._tickets)
        full = frozenset(target for target, count in counts.items() if count >= (AT_ONCE if target in quick else 1))
        unproven = sum(count for target, count in counts.items() if target not in quick)
        return Open(full, frozenset(quick) if unproven >= self._for_unproven else None)

    def enter(self, target: str, now: float) -> Ticket:
        """A push begins."""
        ticket = Ticket(target, now)
        self._tickets.append(ticket)
        return ticket

    def leave(self, ticket: Ticket, took: float | None) -> None:
        """A push has ended after so many seconds, well or not; ``None``: nobody was asked in the end."""
        self._tickets.remove(ticket)
        if took is None:
            return
        self._proven.pop(ticket.target, None)
        if took <= QUICK_SECONDS:
            self._proven[ticket.target] = None
            if len(self._proven) > REMEMBERED:
                del self._proven[next(iter(self._proven))]
