"""Whether the database answers: connections that do not are cut, so that nobody waits for them."""

from __future__ import annotations

import os
import socket
import weakref
from threading import Event, Lock, Thread
from typing import Any

from sqlalchemy import Engine, event

_TICK_SECONDS = 0.5
#: Ticks without a beat after which the database counts as lost. Ticks, not time: a process that was held up itself
#: has heard nothing because it did not listen.
_SILENT_TICKS = 8


class Wires:
    """The sockets of all connections of an engine, to be cut from another thread."""

    def __init__(self, engine: Engine) -> None:
        self._lock = Lock()
        self._sockets: dict[int, int] = {}
        event.listen(engine, "connect", self._add)

    def _add(self, connection: Any, _record: Any) -> None:
        # A descriptor of our own: the driver's may be closed, and be given to somebody else, while we cut.
        own = os.dup(connection.fileno())
        with self._lock:
            self._sockets[id(connection)] = own
        weakref.finalize(connection, self._drop, id(connection))

    def _drop(self, name: int) -> None:
        with self._lock:
            own = self._sockets.pop(name, None)
            if own is not None:
                os.close(own)

    def cut(self) -> None:
        """End all connections; whoever waits for an answer on one gets an error."""
        with self._lock:
            for own in self._sockets.values():
                with socket.socket(fileno=os.dup(own)) as wire:
                    try:
                        wire.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass  # It has ended by itself.


class Liveness:
    """Told of every beat; when none comes for long, all connections are cut and the database is lost until one does."""

    def __init__(self, wires: Wires) -> None:
        self.is_lost = False
        self._wires = wires
        self._silent = 0
        self._closing = Event()
        self._thread = Thread(target=self._watch, name="axme-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def beat(self) -> None:
        """The database has answered."""
        self._silent = 0
        self.is_lost = False

    def lose(self) -> None:
        """The database cannot be reached."""
        self.is_lost = True

    def close(self) -> None:
        """Watch no longer."""
        self._closing.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._closing.wait(_TICK_SECONDS):
            self._silent += 1
            if self._silent >= _SILENT_TICKS:
                self._silent = 0
                self.lose()
                self._wires.cut()
