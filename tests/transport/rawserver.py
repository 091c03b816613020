"""A server that does exactly what a test tells it, byte for byte, and remembers every request it saw."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Handler = Callable[["Peer"], None]


def answer(body: Any = None, status: int = 200, **fields: str) -> bytes:
    """A whole HTTP answer; ``body`` is JSON unless it is bytes already."""
    data = body if isinstance(body, bytes) else json.dumps({"ok": True} if body is None else body).encode()
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(data)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode() + data


@dataclass
class Request:
    line: str
    fields: dict[str, str]
    body: bytes
    raw: bytes


@dataclass
class Peer:
    """One accepted connection."""

    server: RawServer
    sock: socket.socket
    number: int
    requests: list[Request] = field(default_factory=list)

    def request(self) -> Request | None:
        """The next request, or ``None`` when the client hangs up."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += (more := self._more())
            if not more:
                return None
        head, _, body = data.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        while len(body) < int(fields.get("content-length", 0)):
            body += (more := self._more())
            if not more:
                return None
        found = Request(first, fields, body, data)
        self.requests.append(found)
        self.server.requests.append(found)
        return found

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """Hang up with RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _more(self) -> bytes:
        try:
            return self.sock.recv(65_536)
        except OSError:
            return b""


class RawServer:
    """Runs ``handler`` in a thread for each connection; hangs up when it returns."""

    def __init__(self, handler: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.requests: list[Request] = []
        self.peers: list[Peer] = []
        self.stopping = threading.Event()
        self._handler = handler
        self._tls = tls
        self._listener = socket.create_server(
            (host, 0), backlog=128, family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
        self.port: int = self._listener.getsockname()[1]
        name = "localhost" if tls else f"[{host}]" if ":" in host else host
        self.url = f"{'https' if tls else 'http'}://{name}:{self.port}"
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def stop(self) -> None:
        self.stopping.set()
        for sock in (self._listener, *(peer.sock for peer in self.peers)):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            sock.close()
        for thread in list(self._threads):
            thread.join(5)

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            peer = Peer(self, sock, len(self.peers))
            self.peers.append(peer)
            self._start(self._serve, peer)

    def _serve(self, peer: Peer) -> None:
        try:
            if self._tls:
                peer.sock = self._tls.wrap_socket(peer.sock, server_side=True)
            self._handler(peer)
        except OSError:
            pass
        finally:
            peer.sock.close()


def always(data: bytes) -> Handler:
    """Answer each request with ``data``, on one connection for as long as the client likes."""

    def handle(peer: Peer) -> None:
        while peer.request():
            peer.send(data)

    return handle


def script(*steps: Callable[[Peer], None] | bytes) -> Handler:
    """The n-th request gets the n-th step (the last step repeats); a step that is a function hangs up afterwards."""
    taken: list[None] = []

    def handle(peer: Peer) -> None:
        while peer.request():
            step = steps[min(len(taken), len(steps) - 1)]
            taken.append(None)
            if not isinstance(step, bytes):
                step(peer)
                return
            peer.send(step)

    return handle
