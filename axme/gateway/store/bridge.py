"""Answers of the store's threads, brought to the event loop many at a time.

``asyncio.wrap_future`` wakes the loop once for each answer; a commit shared by many answers them all in one go.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Bridge:
    """Belongs to one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._done: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._called = False

    async def wait(self, done: Future[T]) -> T:
        """The result of ``done``; giving up waiting does not undo it."""
        here: asyncio.Future[T] = self.loop.create_future()
        done.add_done_callback(lambda finished: self._bring(here, finished))
        return await here

    def _bring(self, here: asyncio.Future[Any], finished: Future[Any]) -> None:
        self._done.append((here, finished))
        if self._called:
            return
        self._called = True
        try:
            self.loop.call_soon_threadsafe(self._settle)
        except RuntimeError:
            self._done.clear()  # The loop is closed: nobody waits any more.
        except BaseException:
            self._called = False  # Whoever comes next wakes the loop for this one, too.
            raise

    def _settle(self) -> None:
        # Lowered before looking: whoever adds from now on calls again.
        self._called = False
        while self._done:
            here, finished = self._done.popleft()
            if here.done():
                continue
            if (error := finished.exception()) is not None:
                here.set_exception(error)
            else:
                here.set_result(finished.result())
