"""A stream of objects over a stream of dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

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

    def close(self) -> None:
        """End the stream, also while another thread waits in it."""
        self._events.close()

    def __next__(self) -> T:
        return self._make(next(self._events))

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
