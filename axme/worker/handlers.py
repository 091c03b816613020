"""Which handler is for which intents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from axme.exceptions import AxmeValueError

Function = Callable[[Any], Any]
F = TypeVar("F", bound=Function)
_ALL = "*"


@dataclass(frozen=True, slots=True)
class Handler:
    """A function, and how many seconds it may take."""

    function: Function
    timeout: float | None = None


class Handlers:
    """Handlers by intent type; ``*`` is for all that have none of their own."""

    def __init__(self) -> None:
        self._by_type: dict[str, Handler] = {}

    def add(self, intent_type: str, function: Function, timeout: timedelta | None = None) -> None:
        """``function`` handles ``intent_type`` from now on.

        Raises:
            AxmeValueError: another one does already, or an argument makes no sense.
        """
        if not callable(function):
            raise AxmeValueError(f"a handler is a function of one intent, not {function!r}")
        if not isinstance(intent_type, str) or not intent_type:
            raise AxmeValueError(f"an intent type is a text such as 'order.fulfillment.v1', not {intent_type!r}")
        if intent_type in self._by_type:
            other = getattr(self._by_type[intent_type].function, "__qualname__", "another function")
            raise AxmeValueError(f"{intent_type} is handled by {other} already")
        if timeout is not None and timeout <= timedelta(0):
            raise AxmeValueError(f"timeout must be a timedelta above 0, not {timeout!r}")
        self._by_type[intent_type] = Handler(function, timeout.total_seconds() if timeout else None)

    def find(self, intent_type: str) -> Handler | None:
        """The handler for a type."""
        return self._by_type.get(intent_type) or self._by_type.get(_ALL)

    def __len__(self) -> int:
        return len(self._by_type)

    def __str__(self) -> str:
        return ", ".join("everything" if name == _ALL else name for name in self._by_type)


def only(function: Function, timeout: timedelta | None = None) -> Handlers:
    """One handler for everything."""
    handlers = Handlers()
    handlers.add(_ALL, function, timeout)
    return handlers
