"""SIGTERM and SIGINT as orders to a worker: the first one to drain, the second one to leave at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def obeyed(drain: Callable[[str], None]) -> Iterator[None]:
    """Call ``drain`` with the signal's name at the first one. Outside the main thread, signals go where they went."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    here = os.getpid()
    told = False

    def order(number: int, frame: FrameType | None) -> None:
        nonlocal told
        if told or os.getpid() != here:
            os._exit(128 + number)
        told = True
        drain(signal.Signals(number).name)

    before = {number: signal.signal(number, order) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
