"""A raw loopback server of canned answers, as fast as asyncio goes: what is measured is the client.

One port serves plain calls, one each kind of stream; the first line printed names them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import corpus

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: req-1\r\ncontent-length: %d\r\n\r\n%s"
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n%s\r\n"
FRAMING = {"chunked": b"transfer-encoding: chunked\r\n", "close": b"connection: close\r\n"}
EVENTS, TRICKLE, GAP = 20_000, 200, 0.005


def canned(value: object) -> bytes:
    body = corpus.text(value)
    return HEAD % (len(body), body)


THREADS = [corpus.thread(number) for number in range(100)]
CREATED = canned(corpus.CREATED)
INTENT = canned({"ok": True, "intent": corpus.INTENT})
INBOX = canned({"ok": True, "threads": THREADS})


def framed(data: bytes, framing: str) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data) if framing == "chunked" else data


def flood(framing: str, batch: int) -> bytes:
    """A whole stream, ``batch`` events a chunk."""
    frames = [corpus.event(seq, last=seq == EVENTS) for seq in range(1, EVENTS + 1)]
    parts = [framed(b"".join(frames[at : at + batch]), framing) for at in range(0, EVENTS, batch)]
    return STREAM % FRAMING[framing] + b"".join(parts) + (b"0\r\n\r\n" if framing == "chunked" else b"")


class Wire(asyncio.Protocol):
    """Reads requests and hands each to ``answer`` once it is whole."""

    def __init__(self, answer: Callable[[asyncio.Transport, bytes], None]) -> None:
        self._answer = answer
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._seen += data
        while (end := self._seen.find(b"\r\n\r\n")) >= 0:
            head = self._seen[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._seen) < end + 4 + size:
                return
            self._seen = self._seen[end + 4 + size :]
            self._answer(self._transport, head)


def answer_call(transport: asyncio.Transport, head: bytes) -> None:
    target = head.split(b" ", 2)[1]
    transport.write(CREATED if head.startswith(b"post") else INBOX if b"/inbox" in target else INTENT)


def answer_flood(whole: bytes, framing: str) -> Callable[[asyncio.Transport, bytes], None]:
    def answer(transport: asyncio.Transport, head: bytes) -> None:
        transport.write(whole)
        if framing == "close":
            transport.close()

    return answer


def answer_trickle(framing: str) -> Callable[[asyncio.Transport, bytes], None]:
    async def trickle(transport: asyncio.Transport) -> None:
        transport.write(STREAM % FRAMING[framing])
        for seq in range(1, TRICKLE + 1):
            await asyncio.sleep(GAP)
            sent = {"sent_ns": time.perf_counter_ns()}
            transport.write(framed(corpus.event(seq, last=seq == TRICKLE, details=sent), framing))
        transport.write(b"0\r\n\r\n" if framing == "chunked" else b"")
        if framing == "close":
            transport.close()

    tasks: set[asyncio.Task[None]] = set()

    def answer(transport: asyncio.Transport, head: bytes) -> None:
        task = asyncio.get_running_loop().create_task(trickle(transport))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return answer


async def main() -> None:
    answers = {"calls": answer_call}
    for framing, batch in (("chunked", 1), ("chunked", 50), ("close", 1)):
        answers[f"{framing}-{batch}"] = answer_flood(flood(framing, batch), framing)
    answers |= {f"trickle-{framing}": answer_trickle(framing) for framing in FRAMING}
    ports = {}
    for name, answer in answers.items():
        server = await asyncio.get_running_loop().create_server(lambda answer=answer: Wire(answer), "127.0.0.1", 0)
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps({"ports": ports, "events": EVENTS}), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
