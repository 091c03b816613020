"""A TCP proxy that does to connections what networks do: cut, swallow, delay. One fault per connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of one connection's answer."""

    #: Pass so many bytes of the server's answer, then reset both sides.
    cut_after: int | None = None
    #: Pass so many bytes of the server's answer, then nothing, with both sides left open.
    swallow_after: int | None = None
    #: Pass the answer in pieces of so many bytes, with a pause between them.
    piece: int = _CHUNK
    pause: float = 0.0


CLEAN = Fault()


class FaultProxy:
    """Listens on loopback and hands each connection to the server with the fault that ``choose`` names for it."""

    def __init__(self, port: int, choose: Callable[[int], Fault]) -> None:
        self.cuts = 0
        self.swallowed = 0
        self.connections = 0
        self._target = ("127.0.0.1", port)
        self._choose = choose
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        # On Linux, shutting a listener down wakes who waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            ending = list(self._open)
        for one in ending:
            _reset(one)
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                number, self.connections = self.connections, self.connections + 1
            threading.Thread(target=self._serve, args=(near, self._choose(number)), daemon=True).start()

    def _serve(self, near: socket.socket, fault: Fault) -> None:
        try:
            far = socket.create_connection(self._target, timeout=20)
        except OSError:
            _reset(near)
            return
        far.settimeout(None)
        with self._lock:
            self._open |= {near, far}
        upstream = threading.Thread(target=_pump, args=(near, far), daemon=True)
        upstream.start()
        try:
            self._answer(far, near, fault)
        finally:
            _reset(near)
            _reset(far)
            upstream.join()
            with self._lock:
                self._open -= {near, far}

    def _answer(self, far: socket.socket, near: socket.socket, fault: Fault) -> None:
        limit = fault.cut_after if fault.cut_after is not None else fault.swallow_after
        passed = 0
        while True:
            try:
                data = far.recv(min(fault.piece, _CHUNK))
                if not data:
                    return
                near.sendall(data if limit is None else data[: limit - passed])
            except OSError:
                return
            passed += len(data)
            if limit is not None and passed >= limit:
                break
            if fault.pause and self._closing.wait(fault.pause):
                return
        with self._lock:
            self.cuts += fault.cut_after is not None
            self.swallowed += fault.swallow_after is not None
        if fault.swallow_after is not None:
            _drain(far)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(_CHUNK):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _drain(source: socket.socket) -> None:
    try:
        while source.recv(_CHUNK):
            pass
    except OSError:
        pass


def _reset(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    one.close()
