"""So many handlers at a time, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

from axme.worker.run import Run


class Slots:
    """Threads that take runs one after another.

    A thread whose handler does not come back in time is abandoned, and another one takes its place; once ``spare`` of
    them are out, a slot is only free again when its handler returns.

    Args:
        size: how many handlers run at a time.
        work: handles one run; it raises nothing.
        spare: how many threads may be abandoned at a time.
    """

    def __init__(self, size: int, work: Callable[[Run], None], spare: int) -> None:
        self._size = size
        self._work = work
        self._spare = spare
        self._queue: SimpleQueue[Run | None] = SimpleQueue()
        self._changed = threading.Condition()
        self._busy: dict[Run, threading.Thread | None] = {}
        self._threads = 0
        self._away: set[threading.Thread] = set()

    def running(self) -> list[Run]:
        """What is being handled, and what is about to be."""
        with self._changed:
            return list(self._busy)

    @property
    def abandoned(self) -> int:
        """How many threads have been given up and have not come back."""
        with self._changed:
            return len(self._away)

    def free(self, patience: float) -> int:
        """How many more can be taken, after waiting up to ``patience`` seconds for the first."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._busy) < self._size, patience)
            return self._size - len(self._busy)

    def put(self, run: Run) -> None:
        """Have ``run`` handled; there must be a free slot, or one whose run is settled and about to leave it."""
        with self._changed:
            self._busy[run] = None
            if self._threads < min(len(self._busy), self._size):
                self._start()
        self._queue.put(run)

    def abandon(self, run: Run) -> bool:
        """Give up the thread that handles ``run``, and free its slot if there is another thread to spare."""
        with self._changed:
            thread = self._busy.get(run)
            if thread is None or len(self._away) >= self._spare:
                return False
            self._away.add(thread)
            self._threads -= 1
            del self._busy[run]
            self._changed.notify_all()
            return True

    def idle(self, patience: float) -> bool:
        """Whether all is done, after waiting for it up to ``patience`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, patience)

    def close(self) -> None:
        """Let the threads go that have nothing to do."""
        with self._changed:
            for _ in range(self._threads):
                self._queue.put(None)

    def _start(self) -> None:
        self._threads += 1
        threading.Thread(target=self._loop, name="axme-handler", daemon=True).start()

    def _loop(self) -> None:
        me = threading.current_thread()
        while (run := self._queue.get()) is not None:
            with self._changed:
                self._busy[run] = me
            self._work(run)
            with self._changed:
                self._busy.pop(run, None)
                if len(self._busy) < self._size:
                    self._changed.notify_all()
                if me in self._away:
                    # Another thread has taken its place.
                    self._away.discard(me)
                    return
