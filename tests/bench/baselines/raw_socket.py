"""The floor of every client: bytes written to a socket and read from it, JSON decoded, nothing else."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from io import BufferedReader
from typing import Any
from urllib.parse import urlsplit

import corpus
from worker import calls_per_second, delays_ms, events_per_second, serve

BODY = corpus.text(corpus.BODY)
GET = b"GET %s HTTP/1.1\r\nhost: x\r\nx-api-key: axme_sa_bench_secret\r\n\r\n"
POST = b"POST %s HTTP/1.1\r\nhost: x\r\nx-api-key: axme_sa_bench_secret\r\ncontent-length: %d\r\n\r\n%s"
REQUESTS = {
    "create": POST % (b"/v1/intents", len(BODY), BODY),
    "get": GET % b"/v1/intents/x",
    "inbox": GET % b"/v1/inbox",
}
mine = threading.local()


def connect(url: str) -> tuple[socket.socket, BufferedReader]:
    where = urlsplit(url)
    assert where.hostname is not None
    opened = socket.create_connection((where.hostname, where.port or 80))
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened, opened.makefile("rb")


def head(reader: BufferedReader) -> dict[bytes, bytes]:
    reader.readline()
    found = {}
    while (line := reader.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        found[name.lower()] = value.strip()
    return found


def calls(url: str, what: str, threads: int, seconds: float) -> float:
    request = REQUESTS[what]

    def call() -> Any:
        if getattr(mine, "url", None) != url:
            mine.url, mine.wire = url, connect(url)
        opened, reader = mine.wire
        opened.sendall(request)
        return json.loads(reader.read(int(head(reader)[b"content-length"])))

    return calls_per_second(call, threads, seconds)


def events(url: str) -> Iterator[dict[str, Any]]:
    opened, reader = connect(url)
    with opened, reader:
        opened.sendall(GET % b"/v1/intents/x/events/stream")
        head(reader)
        while line := reader.readline():
            if line.startswith(b"data: "):
                event = json.loads(line[6:])
                yield event
                if event["status"] == "COMPLETED":
                    return


def observe(url: str, expected: int) -> float:
    return events_per_second((event["status"] for event in events(url)), expected)


def delay(url: str) -> list[float]:
    return delays_ms(events(url), lambda event: event["details"]["sent_ns"])


serve({"calls": calls, "observe": observe, "delay": delay})
