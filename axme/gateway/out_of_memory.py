"""A process that could not get memory is not to be trusted any more: it ends, and its supervisor starts a fresh one.

The error may come out of any line, and libraries log it and go on: a thread is gone then, or somebody waits for an
answer that nobody will give. What was acknowledged is on disk, so ending at once loses nothing.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import Any

#: What a supervisor sees; EX_OSERR of sysexits.h.
EXIT_CODE = 71
_WORDS = (
    b"axme.gateway: no memory is left: ending, so that a fresh process can take over; nothing acknowledged is lost\n"
)


class Watch(logging.Handler):
    """Ends the process where the log tells of a :class:`MemoryError`."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            end_if_it_was(record.exc_info[1])


def watch() -> None:
    """End the process wherever a :class:`MemoryError` shows up: in a log, a thread, or where nobody can catch it."""
    logging.getLogger().handlers.insert(0, Watch(logging.ERROR))
    threading.excepthook = _thread_ended
    sys.unraisablehook = _nobody_caught


def end_if_it_was(error: BaseException | None) -> None:
    """End the process if ``error`` is a :class:`MemoryError`, or comes of one."""
    while error is not None:
        if isinstance(error, MemoryError):
            try:
                os.write(2, _WORDS)
            finally:
                os._exit(EXIT_CODE)
        error = error.__cause__ or error.__context__


def _thread_ended(told: threading.ExceptHookArgs) -> None:
    end_if_it_was(told.exc_value)
    threading.__excepthook__(told)


def _nobody_caught(told: Any) -> None:
    end_if_it_was(told.exc_value)
    sys.__unraisablehook__(told)
