"""A server on a real socket that does exactly what a test scripts, right or wrong."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

Event = dict[str, Any]
INTENT = "6f1c1e9e-6a0e-4a52-9d34-0d2a7b0c9f11"
STREAM = f"/v1/intents/{INTENT}/events/stream"
LIST = f"/v1/intents/{INTENT}/events"


def event(seq: int, status: str = "IN_PROGRESS", **more: Any) -> Event:
    return {"intent_id": INTENT, "seq": seq, "event_type": f"intent.{status.lower()}", "status": status, **more}


def history(length: int) -> list[Event]:
    """The events of an intent that ended with event ``length``."""
    return [*(event(seq, note="é€😀") for seq in range(1, length)), event(length, "COMPLETED")]


def frame(entry: Any) -> bytes:
    data = json.dumps(entry, separators=(",", ":"), ensure_ascii=False)
    return f"id: {entry['seq']}\nevent: {entry['event_type']}\ndata: {data}\n\n".encode()


class Exchange:
    """One request, and the means to answer it piece by piece. Every connection serves one request."""

    def __init__(self, sock: socket.socket, target: str) -> None:
        self.sock = sock
        self.path = urlsplit(target).path
        self.query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        self.chunked = True

    @property
    def since(self) -> int:
        return int(self.query.get("since", 0))

    def start(self, kind: str = "text/event-stream", *, status: int = 200, chunked: bool = True) -> None:
        self.chunked = chunked
        framing = "Transfer-Encoding: chunked\r\n" if chunked else ""
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nConnection: close\r\n{framing}\r\n"
        self.sock.sendall(head.encode())

    def send(self, data: bytes) -> None:
        if data:
            self.sock.sendall(b"%x\r\n%s\r\n" % (len(data), data) if self.chunked else data)

    def finish(self) -> None:
        """End the body properly; without it the connection is cut."""
        if self.chunked:
            self.sock.sendall(b"0\r\n\r\n")

    def stream(self, *parts: bytes) -> None:
        self.start()
        for part in parts:
            self.send(part)
        self.finish()

    def answer(self, status: int, body: Any, *headers: str) -> None:
        data = json.dumps(body).encode() if status != 204 else b""
        lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {len(data)}", *headers]
        self.sock.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + data)

    def wait_for_hang_up(self) -> None:
        """Hold the connection open, silent, until the client lets go of it."""
        self.sock.settimeout(20)
        while self.sock.recv(1024):
            pass


Script = Callable[[Exchange], None]


class Server:
    """Runs one script per path; the list of events answers from ``events`` unless scripted otherwise."""

    def __init__(self, events: list[Event] | None = None, *, port: int = 0) -> None:
        self.events = events or []
        self.scripts: dict[str, Script] = {LIST: self.list_events}
        self.requests: list[tuple[str, int]] = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads: list[threading.Thread] = []
        self._sockets: set[socket.socket] = set()
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def on_stream(self, *scripts: Script) -> None:
        """The scripts of the first, second, … connection of the stream; the last one serves all others too."""
        turn = iter(scripts)
        self.scripts[STREAM] = lambda exchange: next(turn, scripts[-1])(exchange)

    def count(self, path: str) -> int:
        return sum(1 for seen, _ in self.requests if seen == path)

    def list_events(self, exchange: Exchange) -> None:
        exchange.answer(200, {"ok": True, "events": [entry for entry in self.events if entry["seq"] > exchange.since]})

    def stream_all(self, exchange: Exchange) -> None:
        """The stream as it should be."""
        exchange.stream(*(frame(entry) for entry in self.events if entry["seq"] > exchange.since))

    def close(self) -> None:
        """Go away, and cut every connection; closing twice does no harm."""
        if self._listener.fileno() < 0:
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()
        for sock in list(self._sockets):
            _shut(sock)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._sockets.add(sock)
            self._threads.append(threading.Thread(target=self._serve, args=(sock,)))
            self._threads[-1].start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                data = sock.recv(65536)
                if not data:
                    return
                head += data
            exchange = Exchange(sock, head.split(b" ", 2)[1].decode())
            self.requests.append((exchange.path, exchange.since))
            self.scripts.get(exchange.path, _nothing_here)(exchange)
        except OSError:
            pass  # The client hung up first.
        finally:
            self._sockets.discard(sock)
            sock.close()


def _nothing_here(exchange: Exchange) -> None:
    exchange.answer(404, {"ok": False, "error": {"code": "not_found", "message": "no such intent"}})


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
