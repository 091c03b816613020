"""What a transport holds in one process."""

from __future__ import annotations

import os
import threading
import weakref

import requests

from axme.config import AxmeClientConfig
from axme.transport.budget import RetryBudget
from axme.transport.bytestream import ByteStream
from axme.transport.deadline import Watchdog
from axme.transport.idempotency import KeyLedger
from axme.transport.session import Route, own_route, route_of

_KEPT_STREAMS = 64


class Process:
    """What must not cross a fork: sockets, locks and threads. Each process makes its own on first use."""

    def __init__(self, config: AxmeClientConfig, session: requests.Session | None) -> None:
        self.pid = os.getpid()
        self.watchdog = Watchdog()
        self.budget = RetryBudget()
        self.ledger = KeyLedger()
        self.closed = threading.Event()
        self._config = config
        self._given = route_of(session, config) if session else None
        self._own = threading.local()
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()
        self._streams: Route | None = None
        self._open: weakref.WeakSet[ByteStream] = weakref.WeakSet()
        self._lock = threading.Lock()

    def calls(self) -> Route:
        """The route of this thread: a session of its own, or the one the caller gave."""
        if self._given:
            return self._given
        route: Route | None = getattr(self._own, "route", None)
        if route is None:
            route = self._own.route = self._made()
        return route

    def streams(self) -> Route:
        """The route of streams, so that no call ever waits for one."""
        with self._lock:
            self._streams = self._streams or self._given
        if self._streams is None:
            made = self._made(_KEPT_STREAMS)
            with self._lock:
                self._streams = self._streams or made
        return self._streams

    def keep(self, stream: ByteStream) -> None:
        """Remember ``stream``, to be closed with everything else."""
        with self._lock:
            self._open.add(stream)

    def close(self) -> None:
        self.closed.set()
        self.watchdog.close()
        with self._lock:
            streams, sessions = list(self._open), list(self._sessions)
        for stream in streams:
            stream.close()
        for session in sessions:
            session.close()

    def _made(self, kept: int = 1) -> Route:
        route = own_route(self._config, kept)
        with self._lock:
            self._sessions.add(route.session)
        return route
