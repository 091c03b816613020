"""What both databases offer to the store: running functions in transactions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol, TypeVar

from axme.gateway.store.tx import Notice, Statements, Tx

T = TypeVar("T")
Publish = Callable[[Sequence[Notice]], None]


class Runner(Protocol):
    """Runs an action in a transaction of its own."""

    #: Whether a few rows are sooner read than asked for from another thread.
    is_near: bool
    statements: Statements
    #: What this process calls itself where it takes work; another name with each start.
    run_id: str

    @property
    def trouble(self) -> str | None:
        """What keeps the database from being used at the moment."""
        ...

    def write(self, action: Callable[[Tx], T]) -> Future[T]:
        """Run ``action``; the future is done once its effect is on disk."""
        ...

    def write_alone(self, action: Callable[[Tx], T]) -> Future[T]:
        """:meth:`write` while this process writes nothing else."""
        ...

    def read(self, action: Callable[[Tx], T]) -> Future[T]:
        """Run ``action`` on one consistent state of the database, on a thread of its own."""
        ...

    def read_here(self, action: Callable[[Tx], T]) -> T:
        """The same, on the thread of the caller."""
        ...

    def close(self) -> None:
        """Finish what was begun and let the database go."""
        ...
