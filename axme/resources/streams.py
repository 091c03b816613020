"""A stream of objects over a stream of dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from axme.calls import CallInfo, latest
from axme.streaming import EventStream

T = TypeVar("T")


class ObjectStream(Iterator[T], Generic[T]):
    """What arrives on a stream, as objects. Iterate it, best inside ``with``; ``close()`` ends it from any thread."""

    def __init__(self, events: EventStream, make: Callable[[dict[str, Any]], T]) -> None:
        self._events = events
        self._make = make

    @property
    def cursor(self) -> int:
        """The place in the stream to go on from: pass it as ``since``."""
        return self._events.cursor

    @property
    def call(self) -> CallInfo | None:
        """The call that opened the connection it reads now; ``None`` before the first."""
        return self._events.call

    def close(self) -> None:
        """End the stream, also while another thread waits in it."""
        self._events.close()

    def __next__(self) -> T:
        return self._object(next(self._events))

    def _object(self, event: dict[str, Any]) -> T:
        # Between two events the program may have asked for other things.
        latest.call = self._events.call
        return self._make(event)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _repr_html_(self) -> str:
        return self._events._repr_html_()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {self.cursor}>"
