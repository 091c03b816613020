"""One deadline for a whole call, kept even where a socket would wait for ever.

Socket timeouts limit one silence; a server that sends a byte now and then passes them for hours. So each call has a
:class:`Guard`, and a :class:`Watchdog` shuts the socket of a guard whose time has come.
"""

from __future__ import annotations

import socket
import threading
from math import inf
from time import monotonic
from typing import Literal

Reason = Literal["deadline", "closed"]


class Guard:
    """The limits of one call or stream, and the socket it is using right now."""

    __slots__ = ("_lock", "_socket", "at", "connecting", "reason", "reused")

    def __init__(self, at: float) -> None:
        self.at = at
        self.reason: Reason | None = None
        #: Whether a connection is being made: no byte of a request has left yet.
        self.connecting = False
        #: Whether the connection had served an earlier request.
        self.reused = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def remaining(self) -> float:
        """Seconds left; 0 when cut."""
        return 0.0 if self.reason else max(0.0, self.at - monotonic())

    def check(self) -> None:
        """Raise ``TimeoutError`` when no time is left."""
        if self.remaining() <= 0:
            raise TimeoutError("no time is left for this call")

    def hold(self, sock: socket.socket) -> None:
        """From now on ``sock`` is shut when this guard is cut."""
        with self._lock:
            self._socket = sock
        self.check()

    def release(self) -> socket.socket | None:
        """The socket, which may serve others from now on."""
        with self._lock:
            sock, self._socket = self._socket, None
            return sock

    def cut(self, reason: Reason) -> None:
        """End whatever waits on the connection, at once and from any thread."""
        with self._lock:
            self.reason = self.reason or reason
            if self._socket:
                shut(self._socket)


class Cancel:
    """Ends the calls that carry it, from any thread and at once: the one under way, and every later one."""

    __slots__ = ("_called", "_guard")

    def __init__(self) -> None:
        self._called = False
        self._guard: Guard | None = None

    def watch(self, guard: Guard) -> None:
        """``guard`` is that of the call from now on."""
        self._guard = guard
        if self._called:
            guard.cut("closed")

    def __call__(self) -> None:
        # Said first and looked for second, as watch() does it the other way round: one of the two sees the other.
        self._called = True
        if self._guard:
            self._guard.cut("closed")


def shut(sock: socket.socket) -> None:
    """Wake every thread blocked on ``sock``; closing alone would leave them blocked."""
    try:
        # The plain method: that of a TLS socket pulls its state away under a reader.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        pass


class _Current(threading.local):
    guard: Guard | None = None


#: The guard of the call this thread is making; connections look here for their limits.
current = _Current()


class Watchdog:
    """Cuts guards when their time has come, from one thread that runs only while there is something to watch."""

    def __init__(self) -> None:
        self._guards: set[Guard] = set()
        self._changed = threading.Condition()
        self._wake_at = inf
        self._thread: threading.Thread | None = None

    def enter(self, guard: Guard) -> None:
        """Watch ``guard`` from now on."""
        self._guards.add(guard)
        if guard.at < self._wake_at:
            self._wake(guard.at)

    def leave(self, guard: Guard) -> None:
        """Stop watching ``guard``."""
        self._guards.discard(guard)

    def close(self) -> None:
        """Cut every guard."""
        for guard in list(self._guards):
            guard.cut("closed")
        if self._thread:
            self._wake(0.0)

    def _wake(self, at: float) -> None:
        with self._changed:
            if at < self._wake_at:
                self._wake_at = at
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="axme-deadlines", daemon=True)
                    self._thread.start()
                else:
                    self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while self._wake_at < inf:
                delay = self._wake_at - monotonic()
                if delay > 0:
                    self._changed.wait(delay)
                else:
                    self._look()
            self._thread = None

    def _look(self) -> None:
        # First forget the old alarm, then look: a guard that enters meanwhile sees no alarm and sets its own.
        self._wake_at = inf
        now = monotonic()
        guards = list(self._guards)
        for guard in guards:
            if guard.at <= now:
                guard.cut("deadline")
        self._wake_at = min((guard.at for guard in guards if not guard.reason), default=inf)
