"""Which targets may be sent to now, so that one that is slow slows nobody else.

A target that answered within a second last time is quick, and gets several pushes at a time; any other gets one. Those
known to be slow get at most half of the places together, and with those nobody knows yet three quarters. Not safe for
threads: whoever shares it holds a lock.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from axme.gateway.store.queries.outside import Open

#: An answer that takes longer makes a target slow.
QUICK_SECONDS = 1.0
#: Pushes to one quick target at a time.
AT_ONCE = 3
#: Targets that are remembered.
REMEMBERED = 1000


class Ticket(NamedTuple):
    """A push under way."""

    target: str
    since: float


class Fairness:
    """What is under way, and who was quick last time."""

    def __init__(self, places: int) -> None:
        self._for_slow = max(1, places // 2)
        self._for_all_but_quick = max(1, places * 3 // 4)
        self._was_quick: dict[str, bool] = {}
        self._tickets: list[Ticket] = []

    @property
    def under_way(self) -> int:
        """How many pushes there are now."""
        return len(self._tickets)

    def open_targets(self, now: float) -> Open:
        """Who may be sent to."""
        counts = Counter(ticket.target for ticket in self._tickets)
        late = {ticket.target for ticket in self._tickets if now - ticket.since > QUICK_SECONDS}
        quick = {target for target, was_quick in self._was_quick.items() if was_quick} - late
        slow = (self._was_quick.keys() - quick) | late
        full = {target for target, count in counts.items() if count >= (AT_ONCE if target in quick else 1)}
        if sum(counts[target] for target in slow) >= self._for_slow:
            full |= slow
        others = counts.total() - sum(counts[target] for target in quick)
        return Open(frozenset(full), frozenset(quick) if others >= self._for_all_but_quick else None)

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
        self._was_quick.pop(ticket.target, None)
        self._was_quick[ticket.target] = took <= QUICK_SECONDS
        if len(self._was_quick) > REMEMBERED:
            del self._was_quick[next(iter(self._was_quick))]
