"""The bytes of an event stream, as they arrive."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from math import inf
from typing import NoReturn

from requests.models import Response

from axme.config import AxmeClientConfig
from axme.exceptions import AxmeClosedError
from axme.transport.breakdown import explain
from axme.transport.deadline import Guard, Watchdog

_AT_MOST = 65_536


class ByteStream:
    """An open stream. One thread reads; any thread may close."""

    def __init__(
        self,
        response: Response,
        sock: socket.socket | None,
        watchdog: Watchdog,
        config: AxmeClientConfig,
        idle_timeout: float,
    ) -> None:
        self.status_code: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._guard = Guard(inf)
        self._watchdog = watchdog
        self._config = config
        self._idle_timeout = idle_timeout
        self._pid = os.getpid()
        self._closed = False
        self._owned = sock is not None
        if sock:
            self._guard.hold(sock)
        watchdog.enter(self._guard)

    def read(self) -> bytes:
        """What has arrived, at least one byte; ``b""`` at the end.

        Raises:
            AxmeTimeoutError: nothing came for the idle time.
            AxmeConnectionError: the stream was cut.
            AxmeClosedError: it was closed, or belongs to the process this one was forked from.
        """
        if self._closed or self._pid != os.getpid():
            self._refuse()
        failure = None
        try:
            data: bytes = self._response.raw.read1(_AT_MOST, decode_content=True)
        except Exception as error:
            failure = None if self._closed else explain(error, self._guard, self._config, self._idle_timeout)
            data = b""
        except BaseException:
            self.close()
            raise
        ended_by_us = self._closed or self._guard.reason
        if failure or not data:
            self.close()
        if ended_by_us:
            self._refuse()
        if failure:
            raise failure
        return data

    def close(self) -> None:
        """End the stream, from any thread; a blocked :meth:`read` returns at once."""
        if self._closed:
            return
        self._closed = True
        if self._pid == os.getpid():
            self._guard.cut("closed")
            self._watchdog.leave(self._guard)
            if not self._owned:
                self._shut_anothers()
        self._response.raw.close()

    def __enter__(self) -> ByteStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _shut_anothers(self) -> None:
        """The socket of a session the caller brought; one that is no socket cannot be shut."""
        try:
            self._response.raw.shutdown()
        except (AttributeError, ValueError, RuntimeError, OSError):
            pass

    def _refuse(self) -> NoReturn:
        if self._pid != os.getpid():
            raise AxmeClosedError("this stream was opened before the process was forked: open another one")
        raise AxmeClosedError("the stream is closed")
