"""A network that can fall silent: everything stays open, and nothing passes."""

from __future__ import annotations

import socket
import threading
from typing import Self

_CHUNK = 65536


class Valve:
    """A TCP proxy on loopback. Closed, it goes on accepting connections and takes what is sent, like a black hole."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._open = threading.Event()
        self._open.set()
        self._ended = False
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._spawn(self._accept)

    def close(self) -> None:
        """Let nothing pass any more, in either direction."""
        self._open.clear()

    def open(self) -> None:
        """Let new connections pass; those that were held up have lost bytes and stay silent."""
        self._open.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._open.set()
        for one in [self._listener, *self._sockets]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
        for thread in self._threads:
            thread.join(10)

    def _spawn(self, run: object, *given: object) -> None:
        thread = threading.Thread(target=run, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ended:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                if self._ended:
                    return
                continue
            self._sockets += [near, far]
            state = {"silent": False}
            self._spawn(self._pump, near, far, state)
            self._spawn(self._pump, far, near, state)

    def _pump(self, source: socket.socket, sink: socket.socket, state: dict[str, bool]) -> None:
        try:
            while data := source.recv(_CHUNK):
                if not self._open.is_set():
                    state["silent"] = True
                if not state["silent"]:
                    sink.sendall(data)
            if not state["silent"]:
                sink.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
