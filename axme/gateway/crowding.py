"""Too many connections for the files a process may have open: those that are there are served, others wait."""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from typing import Any

_log = logging.getLogger("axme.gateway")
_FULL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_TOLD_SECONDS = 60.0


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Have ``loop`` tell once a minute that it takes no connections: it tries thousands of times a second."""
    told = -_TOLD_SECONDS

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal told
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in _FULL and "accept" in context.get("message", "")):
            loop.default_exception_handler(context)
        elif time.monotonic() - told >= _TOLD_SECONDS:
            told = time.monotonic()
            _log.error("no new connections are taken: %s (raise the limit of open files)", error.strerror)

    loop.set_exception_handler(handle)
