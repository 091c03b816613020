"""Closed-loop creates over many connections at once, cheap enough that the server is the limit."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import corpus
from worker import serve

HEAD = (
    "POST /v1/intents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nx-api-key: {api_key}\r\n"
    "Idempotency-Key: {key}\r\nContent-Length: {size}\r\n\r\n"
)


class Connection(asyncio.Protocol):
    """Sends the next create as soon as the last is answered, until it is told to stop."""

    def __init__(self, api_key: str, body: bytes, until: float, finished: asyncio.Future[None]) -> None:
        self._api_key, self._body, self._until, self._finished = api_key, body, until, finished
        self._seen = b""
        self.latencies: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        head = HEAD.format(api_key=self._api_key, key=uuid.uuid4(), size=len(self._body))
        self._sent = time.perf_counter()
        self._transport.write(head.encode() + self._body)

    def data_received(self, data: bytes) -> None:
        self._seen += data
        end = self._seen.find(b"\r\n\r\n")
        if end < 0 or len(self._seen) < end + 4 + _length(self._seen[:end]):
            return
        if not self._seen.startswith(b"HTTP/1.1 2"):
            self._fail(self._seen.decode(errors="replace"))
            return
        self._seen = b""
        self.latencies.append((time.perf_counter() - self._sent) * 1000)
        if time.perf_counter() < self._until:
            self._send()
        else:
            self._transport.close()
            self._finished.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(f"the server cut the connection: {error}")

    def _fail(self, why: str) -> None:
        if not self._finished.done():
            self._finished.set_exception(RuntimeError(why))
            self._transport.close()


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])


async def _run(port: int, api_key: str, body: bytes, connections: int, seconds: float) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    ends = [loop.create_future() for _ in range(connections)]
    made = [Connection(api_key, body, started + seconds, end) for end in ends]
    for one in made:
        await loop.create_connection(lambda one=one: one, "127.0.0.1", port)
    await asyncio.gather(*ends)
    latencies = [each for one in made for each in one.latencies]
    return {"per_second": len(latencies) / (time.perf_counter() - started), "latencies_ms": latencies}


def create(port: int, api_key: str, body: dict[str, Any], connections: int, seconds: float) -> dict[str, Any]:
    return asyncio.run(_run(port, api_key, corpus.text(body), connections, seconds))


serve({"create": create})
