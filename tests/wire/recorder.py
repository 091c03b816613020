"""A plain HTTP server that writes down what it is asked and answers what it is told."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from axme import AxmeClient, AxmeClientConfig


class Asked(NamedTuple):
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class Recorder:
    """What was asked, and what is answered next; ``{"ok": true}`` by default."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: deque[tuple[int, Any]] = deque()
        self.base_url = ""

    def answer(self, body: Any, status: int = 200) -> None:
        self.answers.append((status, body))

    @property
    def last(self) -> Asked:
        return self.asked[-1]

    def client(self, **options: Any) -> AxmeClient:
        return AxmeClient(AxmeClientConfig(base_url=self.base_url, api_key="key-of-the-recorder", **options))


@contextmanager
def recording() -> Iterator[Recorder]:
    """A recorder on a free port."""
    recorder = Recorder()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(recorder))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    recorder.base_url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield recorder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(recorder: Recorder) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length)
            url = urlsplit(self.path)
            recorder.asked.append(
                Asked(
                    self.command,
                    url.path,
                    dict(parse_qsl(url.query, keep_blank_values=True)),
                    {name.lower(): value for name, value in self.headers.items()},
                    json.loads(data) if data else None,
                )
            )
            status, body = recorder.answers.popleft() if recorder.answers else (200, {"ok": True})
            sent = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _respond

        def log_message(self, format: str, *args: Any) -> None:
            """Tests stay quiet."""

    return Handler
