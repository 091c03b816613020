"""One request and its answer on a connection, as an ASGI application sees them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol

from starlette.types import ASGIApp, Message, Scope

_log = logging.getLogger("axme.gateway")
#: A body that nobody reads yet is taken from the connection up to this many bytes.
BODY_AHEAD = 64 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_STATUS_LINES = {int(status): f"HTTP/1.1 {int(status)} {status.phrase}".encode() for status in HTTPStatus}
_GONE: Message = {"type": "http.disconnect"}
#: Where a scope holds :meth:`Exchange.when_gone`.
WHEN_GONE = "axme.when_gone"


class Line(Protocol):
    """The connection an exchange is on."""

    transport: asyncio.Transport
    #: Done when the peer takes more of the answer; ``None`` while it does.
    writable: asyncio.Future[None] | None

    @property
    def always(self) -> list[tuple[bytes, bytes]]:
        """Headers of every answer."""
        ...

    def pause(self, paused: bool) -> None:
        """Let the peer wait, or read on."""


class Exchange:
    """Bytes of a request come in by :meth:`take` and :meth:`end`; ``done`` is called when it is answered."""

    __slots__ = (
        "_body",
        "_chunked",
        "_departed",
        "_done",
        "_expects_continue",
        "_given",
        "_head",
        "_left",
        "_line",
        "_more",
        "_unread",
        "_waiter",
        "answered",
        "gone",
        "keep_alive",
        "scope",
        "started",
    )

    def __init__(
        self, scope: Scope, line: Line, done: Callable[[], None], *, keep_alive: bool, expects_continue: bool
    ) -> None:
        self.scope = scope
        self._line = line
        self._done = done
        #: Whether another request may follow on the connection.
        self.keep_alive = keep_alive
        self._expects_continue = expects_continue
        #: The peer has left, or its request cannot be read to its end.
        self.gone = False
        self.started = False
        self.answered = False
        self._body: list[bytes] = []
        self._unread = 0
        self._more = True
        #: Whether the application has the end of the body.
        self._given = False
        self._waiter: asyncio.Future[None] | None = None
        self._departed: Callable[[], None] | None = None
        scope[WHEN_GONE] = self.when_gone
        self._head = b""
        self._chunked = False
        #: How much of the announced body is still to be sent.
        self._left: int | None = None

    def take(self, piece: bytes) -> None:
        """A piece of the body has arrived."""
        if self.answered or self._departed is not None:
            return
        self._body.append(piece)
        self._unread += len(piece)
        if self._unread > BODY_AHEAD:
            self._line.pause(True)
        self._wake()

    def end(self) -> None:
        """The body is complete."""
        self._more = False
        self._wake()

    def leave(self) -> None:
        """The peer is not there any more."""
        if self.gone:
            return
        self.gone = True
        self._wake()
        if self._departed is not None:
            self._departed()

    def when_gone(self, call: Callable[[], None] | None) -> None:
        """Have ``call`` called when the peer leaves, or nothing any more; what is left of its body is not kept."""
        self._departed = call
        self._body.clear()
        if self._more:
            self._line.pause(False)
        if self.gone and call is not None:
            call()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def run(self, app: ASGIApp) -> None:
        """Have the application answer."""
        try:
            await app(self.scope, self.receive, self.send)
        except Exception:
            _log.exception("an answer broke off")
        finally:
            if not self.answered and not self.gone:
                self._line.transport.abort()

    async def receive(self) -> Message:
        """What ASGI calls receive: the body, then the news that the peer has gone."""
        if self._expects_continue and self._more and not (self._body or self.started):
            self._line.transport.write(_CONTINUE)
        self._expects_continue = False
        while True:
            if self.gone or self.answered:
                return _GONE
            if self._body or not (self._more or self._given):
                body = b"".join(self._body)
                self._body.clear()
                self._unread = 0
                self._given = not self._more
                return {"type": "http.request", "body": body, "more_body": self._more}
            if self._more:
                self._line.pause(False)
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    async def send(self, message: Message) -> None:
        """What ASGI calls send."""
        if self._line.writable is not None:
            await self._line.writable
        if self.gone:
            return
        if not self.started:
            self.started = True
            self._head = self._write_head(message)
            if self._left is None:
                # Nobody knows when the first piece of it will come.
                self._flush(b"")
            return
        body: bytes = message.get("body", b"")
        more: bool = message.get("more_body", False)
        if self._left is not None and self.scope["method"] != "HEAD":
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("the body of an answer is not as long as its head says")
        self._flush(self._framed(body, more))
        if not more:
            self.answered = True
            self._wake()
            if not self.keep_alive:
                self._line.transport.close()
            self._done()

    def _framed(self, body: bytes, more: bool) -> bytes:
        if self.scope["method"] == "HEAD":
            return b""
        if not self._chunked:
            return body
        return b"%b%b" % (b"%x\r\n%b\r\n" % (len(body), body) if body else b"", b"" if more else b"0\r\n\r\n")

    def _flush(self, data: bytes) -> None:
        # The head leaves together with what follows it: one call of the system, and one packet.
        if self._head:
            data, self._head = self._head + data, b""
        if data:
            self._line.transport.write(data)

    def _write_head(self, message: Message) -> bytes:
        status: int = message["status"]
        lines = [_STATUS_LINES[status]]
        for name, value in (*self._line.always, *message.get("headers", ())):
            if name == b"content-length":
                self._left = int(value)
            elif name == b"connection" and value.lower() == b"close":
                self.keep_alive = False
                continue
            lines.append(b"%b: %b" % (name, value))
        if self._left is None and status not in (204, 304) and self.scope["method"] != "HEAD":
            if self.scope["http_version"] == "1.1":
                self._chunked = True
                lines.append(b"transfer-encoding: chunked")
            else:
                self.keep_alive = False
        if not self.keep_alive:
            lines.append(b"connection: close")
        head = b"\r\n".join(lines)
        if head.count(b"\n") != len(lines) - 1 or head.count(b"\r") != len(lines) - 1 or b"\0" in head:
            raise RuntimeError("a header of an answer has a line break in it")
        return head + b"\r\n\r\n"
