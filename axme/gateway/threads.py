"""Threads that nobody waits for.

``Thread.start()`` waits until the new thread says that it runs. One that gets no memory for its first step never does,
and who started it stands still for ever, with the locks of its pool: that must not be the event loop.
"""

from __future__ import annotations

import _thread
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

_START_SECONDS = 30.0


def full_pool(size: int, name: str) -> ThreadPoolExecutor:
    """A pool that has all its threads from the beginning, and so starts none for a request.

    Raises:
        RuntimeError: the system gives no more threads.
    """
    pool = ThreadPoolExecutor(size, thread_name_prefix=name)
    # Each keeps its thread until all have one.
    met = Barrier(size, timeout=_START_SECONDS)
    for waiting in [pool.submit(met.wait) for _ in range(size)]:
        waiting.result()
    return pool


def beside(action: Callable[[], object]) -> None:
    """Run ``action`` on a thread of its own, which may come to nothing; it does not keep the process alive.

    Raises:
        RuntimeError: the system gives no more threads.
    """
    _thread.start_new_thread(action, ())
