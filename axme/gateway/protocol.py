"""HTTP/1.1 with deadlines: requests are answered one after the other, and who is too slow is let go."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Scope
from uvicorn import Config
from uvicorn.protocols.utils import get_local_addr, get_remote_addr, is_ssl
from uvicorn.server import ServerState

from axme.contract import jsontext
from axme.contract.codes import BAD_REQUEST
from axme.gateway.exchange import Exchange
from axme.gateway.reader import Head, HeaderLines, NotHttpError, Reader
from axme.gateway.routes.answers import envelope

HEAD_SECONDS = 10.0
STALL_SECONDS = 10.0
#: How many requests one connection may send ahead.
MOST_AHEAD = 100
_log = logging.getLogger("axme.gateway")


class PatientProtocol(asyncio.Protocol):
    """One connection, patient but not for ever."""

    transport: asyncio.Transport

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if not config.loaded:
            config.load()
        self._app: ASGIApp = config.loaded_app
        self._keep_alive_seconds = config.timeout_keep_alive
        self._server = server_state
        self._loop = _loop or asyncio.get_running_loop()
        self._reader = Reader(self)
        self._address: Scope = {}
        #: They end a connection that waits for the rest of a head, for a request, or for the peer to read.
        self._head_timer: asyncio.TimerHandle | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._stall_timer: asyncio.TimerHandle | None = None
        self.writable: asyncio.Future[None] | None = None
        self._is_paused = False
        #: The request that is being answered, those behind it, and the one whose body is arriving.
        self._current: Exchange | None = None
        self._ahead: deque[Exchange] = deque()
        self._arriving: Exchange | None = None
        #: Why nothing more is read; told when what came before is answered.
        self._trouble: str | None = None

    # What the event loop tells.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self._server.connections.add(self)  # type: ignore[arg-type]
        self._address = {
            "server": get_local_addr(transport),
            "client": get_remote_addr(transport),
            "scheme": "https" if is_ssl(transport) else "http",
        }
        self._await_head()

    def data_received(self, data: bytes) -> None:
        self._stop(self._idle_timer)
        try:
            self._reader.feed(data)
        except NotHttpError as error:
            self._refuse(str(error))
        if self._current is None and self._arriving is None and not self.transport.is_closing():
            self._await_head()
        else:
            self._head_arrived()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        self._head_arrived()
        self._stop(self._idle_timer)
        for exchange in (self._current, self._arriving, *self._ahead):
            if exchange is not None:
                exchange.leave()
        self.resume_writing()

    def pause_writing(self) -> None:
        self.writable = self._loop.create_future()
        self._stall_timer = self._loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop(self._stall_timer)
        if self.writable is not None and not self.writable.done():
            self.writable.set_result(None)
        self.writable = None

    def shutdown(self) -> None:
        """The server stops: what is being answered is the last."""
        if self._current is None:
            self.transport.close()
        else:
            self._current.keep_alive = False

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self._loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _head_arrived(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()

    # What an exchange asks for.

    @property
    def always(self) -> HeaderLines:
        """Headers of every answer."""
        return self._server.default_headers

    def pause(self, paused: bool) -> None:
        """Let the peer wait, or read on."""
        if paused == self._is_paused or self.transport.is_closing():
            return
        self._is_paused = paused
        if paused:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    # What the reader finds.

    def on_head(self, head: Head) -> None:
        """A request begins."""
        if len(self._ahead) >= MOST_AHEAD:
            raise NotHttpError(f"more than {MOST_AHEAD} requests were sent before the first was answered")
        path, _, query = head.url.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": head.version,
            "method": head.method,
            "root_path": "",
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "query_string": query,
            "headers": head.headers,
            **self._address,
        }
        exchange = self._arriving = Exchange(
            scope, self, self._answered, keep_alive=head.keep_alive, expects_continue=head.expects_continue
        )
        if self._current is None:
            self._begin(exchange)
        else:
            self._ahead.append(exchange)
            self.pause(True)

    def on_piece(self, piece: bytes) -> None:
        """A piece of its body."""
        if self._arriving is not None:
            self._arriving.take(piece)

    def on_end(self) -> None:
        """It is complete."""
        if self._arriving is not None:
            self._arriving.end()
            self._arriving = None

    # What becomes of it.

    def _begin(self, exchange: Exchange) -> None:
        self._current = exchange
        task = self._loop.create_task(exchange.run(self._app))
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    def _answered(self) -> None:
        self._server.total_requests += 1
        self._current = None
        if self.transport.is_closing():
            return
        if self._ahead:
            self._begin(self._ahead.popleft())
        elif self._trouble is not None:
            self._end(self._trouble)
        elif self._reader.in_head:
            self._await_head()
        else:
            self._idle_timer = self._loop.call_later(self._keep_alive_seconds, self.transport.close)
        if not self._ahead:
            self.pause(False)

    def _refuse(self, trouble: str) -> None:
        _log.warning("bytes that are no request were refused: %s", trouble)
        broken, self._arriving = self._arriving, None
        if broken is not None:
            broken.leave()
            if broken in self._ahead:
                self._ahead.remove(broken)
        if self._current is None or self._current is broken:
            self._end(None if broken is not None and broken.started else trouble)
        else:
            self._trouble = trouble

    def _end(self, trouble: str | None) -> None:
        """Close the connection, and say why where nothing else has been said."""
        if trouble is not None:
            body = jsontext.dumps(envelope(BAD_REQUEST, f"this is not one request of HTTP/1.1: {trouble}")).encode()
            head = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: %d" % len(body)
            self.transport.write(head + b"\r\nconnection: close\r\n\r\n" + body)
        self.transport.close()
