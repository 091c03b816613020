"""A server that is pushed to: it answers what a test says, and counts who connects."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Server:
    """Accepts connections and hands each to ``behave``."""

    def __init__(self, behave: Callable[[socket.socket], None], host: str = "127.0.0.1") -> None:
        self._listener = socket.create_server((host, 0), backlog=128)
        self._behave = behave
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/in"
        self.connections = 0
        self.requests: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            try:
                self.requests.append(read_request(connection))
                self._behave(connection)
            except OSError:
                return

    def close(self) -> None:
        # An accept() that waits does not notice a close(); shutdown() wakes it.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


def read_request(connection: socket.socket) -> bytes:
    """Head and body of one request."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def serving(behave: Callable[[socket.socket], None], host: str = "127.0.0.1") -> Iterator[Server]:
    """A server for as long as the block lasts."""
    server = Server(behave, host)
    try:
        yield server
    finally:
        server.close()


def answering(*heads: str) -> Callable[[socket.socket], None]:
    """Answer with each of these status lines (and headers) in turn, and with the last one from then on."""
    turns = list(heads)

    def behave(connection: socket.socket) -> None:
        head = turns.pop(0) if len(turns) > 1 else turns[0]
        connection.sendall(f"HTTP/1.1 {head}\r\nContent-Length: 6\r\n\r\nsecret".encode())

    return behave
