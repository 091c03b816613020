"""What the one writer of a file remembers of tables that hardly ever change.

Each request asks for the same policies, subscriptions and bindings, which nearly always are none. The answers hold
until a statement writes to one of these tables; the memory belongs to the thread that writes, which sees every write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from axme.gateway.store.tables import metadata

Row = dict[str, Any]
S = TypeVar("S", bound=Hashable)
SETTLED = frozenset({
    "aliases", "organizations", "semantic_schemas", "sender_policies", "sender_policy_entries", "service_accounts",
    "transport_bindings", "webhook_subscriptions",
})  # fmt: skip
_MOST = 4096
_WORD = re.compile(r"\w+")


class Memory:
    """Rows by statement and arguments."""

    def __init__(self) -> None:
        self._known: dict[tuple[Hashable, Any], list[Row]] = {}
        self._version: Any = None

    def rows(self, statement: S, arguments: Any, ask: Callable[[S, Any], list[Row]]) -> list[Row]:
        """What ``ask`` answers, or has answered before."""
        found = self._known.get((statement, arguments))
        if found is None:
            if len(self._known) >= _MOST:
                self.forget()
            found = self._known[statement, arguments] = ask(statement, arguments)
        # Copies: whoever asks may go on with them as its own.
        return [*map(dict, found)]

    def forget(self) -> None:
        """Ask anew from now on."""
        self._known.clear()

    def see(self, version: Any) -> None:
        """Take note of the file's version, which changes when somebody else has written to it."""
        if version != self._version:
            self.forget()
            self._version = version


def can_be_remembered(sql: str) -> bool:
    """Whether ``sql`` only reads, and only what is settled."""
    return _reads(sql) and set(_WORD.findall(sql)) & metadata.tables.keys() <= SETTLED


def unsettles(sql: str) -> bool:
    """Whether ``sql`` may change what is settled."""
    return not _reads(sql) and not SETTLED.isdisjoint(_WORD.findall(sql))


def _reads(sql: str) -> bool:
    return sql.startswith("SELECT ")
