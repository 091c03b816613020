"""Many actions, one sync: the writer takes whatever is waiting and commits it together."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from axme.contract.clock import Clock, to_micros
from axme.gateway.errors import GatewayError
from axme.gateway.store.errors import StoreClosedError, unavailable
from axme.gateway.store.memory import Memory
from axme.gateway.store.runner import Publish
from axme.gateway.store.tx import Notice, Statements, Tx

T = TypeVar("T")
_log = logging.getLogger("axme.gateway")
#: More would let the first of a group wait too long for the last.
LARGEST_GROUP = 128


class _Waiting:
    """One action on its way to disk."""

    __slots__ = ("action", "error", "future", "result")

    def __init__(self, action: Callable[[Tx], Any], future: Future[Any]) -> None:
        self.action = action
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None

    def settle(self, failure: BaseException | None) -> None:
        """Tell the caller; one who gave up waiting is not told."""
        error = failure or self.error
        try:
            if error is not None:
                self.future.set_exception(error)
            else:
                self.future.set_result(self.result)
        except InvalidStateError:
            pass


class GroupCommit:
    """The writer's thread. Each action has a savepoint of its own, and nobody is answered before the commit."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        statements: Statements,
        clock: Clock,
        publish: Publish,
        guard: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._guard = guard
        self._cursor = connection.cursor()
        self._statements = statements
        self._memory = Memory()
        self._clock = clock
        self._publish = publish
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._closing = Lock()
        self._closed = False
        #: Why the last group could not be written, in SQLite's words.
        self.trouble: str | None = None
        self._thread = Thread(target=self._work, name="axme-write", daemon=True)
        self._thread.start()

    def submit(self, action: Callable[[Tx], T]) -> Future[T]:
        """Queue ``action``; its future is done once it is on disk, or rolled back."""
        future: Future[T] = Future()
        with self._closing:
            if self._closed:
                raise StoreClosedError("the store is closed")
            self._queue.put(_Waiting(action, future))
        return future

    def close(self) -> None:
        """Write what was queued, then end the thread and the connection."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        more = True
        while more:
            group, more = self._next_group()
            if group:
                self._write(group)
        self._connection.close()

    def _next_group(self) -> tuple[list[_Waiting], bool]:
        waiting = self._queue.get()
        group: list[_Waiting] = []
        try:
            while waiting is not None:
                group.append(waiting)
                if len(group) == LARGEST_GROUP:
                    return group, True
                waiting = self._queue.get_nowait()
        except Empty:
            return group, True
        return group, False

    def _write(self, group: list[_Waiting]) -> None:
        notices: list[Notice] = []
        failure: BaseException | None = None
        try:
            self._guard()
            self._cursor.execute("BEGIN IMMEDIATE")
            self._memory.see(self._cursor.execute("PRAGMA data_version").fetchone())
            for waiting in group:
                self._run(waiting, notices)
            self._cursor.execute("COMMIT")
        except BaseException as error:
            failure = unavailable(error) or error
            self.trouble = str(error)
            # A commit that failed leaves SQLite's transaction open, and the next group could not begin.
            self._connection.rollback()
            self._memory.forget()
        else:
            self.trouble = None
            self._announce(notices)
        for waiting in group:
            waiting.settle(failure)

    def _announce(self, notices: list[Notice]) -> None:
        try:
            self._publish(notices)
        except Exception:
            # What is on disk is done, whoever failed to hear of it.
            _log.exception("a commit could not be announced")

    def _run(self, waiting: _Waiting, notices: list[Notice]) -> None:
        tx = Tx(self._cursor, self._statements, to_micros(self._clock.now()), self._memory)
        tx.savepoint()
        try:
            waiting.result = waiting.action(tx)
        except BaseException as error:
            waiting.error = unavailable(error) or error
            tx.rollback_to_savepoint()
            if isinstance(error, GatewayError):
                for note in tx.regrets:
                    note(tx)
        else:
            notices.extend(tx.notices)
        tx.release_savepoint()
