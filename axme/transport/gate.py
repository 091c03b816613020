"""What a call passes before it is sent: a client may refuse writes, or write them down instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from axme.exceptions import AxmeReadOnlyError
from axme.transport.call import READS, Call
from axme.transport.transfer import Transfer

#: Requests that are POSTs and change nothing.
_ASKING = frozenset({"validate_scenario", "resolve_routing", "mcp initialize", "mcp tools/list"})


class Gate(Protocol):
    """Something each call of a transport passes."""

    def answer(self, call: Call) -> Any:
        """What is answered in the server's place; ``None`` lets the call go out."""

    def transfer(self, transfer: Transfer) -> None:
        """Whether a file may go out; raises where it may not."""


def changes_nothing(call: Call) -> bool:
    """Whether a call only looks."""
    if call.method in READS or call.operation in _ASKING:
        return True
    rehearses = isinstance(call.json, Mapping) and call.json.get("dry_run") is True
    return call.operation == "bulk_cancel_intents" and rehearses


class ReadOnly:
    """Refuses everything that may change something."""

    def answer(self, call: Call) -> Any:
        """Nothing: what only looks goes out.

        Raises:
            AxmeReadOnlyError: it would write.
        """
        if not changes_nothing(call):
            raise AxmeReadOnlyError(
                f"{call.operation} ({call.method} {call.path}) would write, and this client only reads: not sent"
            )

    def transfer(self, transfer: Transfer) -> None:
        """Refuse.

        Raises:
            AxmeReadOnlyError: always.
        """
        raise AxmeReadOnlyError("this client only reads: no file was sent")
