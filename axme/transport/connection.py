"""Connections that know the deadline of the call they serve, and that do not outlive the server's patience."""

from __future__ import annotations

import os
import re
import socket
import threading
from time import monotonic
from typing import Any
from weakref import WeakSet

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from axme.config import Secret
from axme.transport.chunks import ChunkedResponse
from axme.transport.deadline import Guard, current

#: Servers commonly close idle connections after 5 s; a request that crosses with the closing would fail.
IDLE_SECONDS = 4.0
CONNECT_SECONDS = 5.0
_PLAIN = re.compile(r"[A-Za-z0-9-]+: [!-~](?:[ -~]*[!-~])?")
_TEXTS = (str, Secret)
_sockets: WeakSet[socket.socket] = WeakSet()


def _let_go() -> None:
    """In a forked child: the connections are the parent's, and two readers would get each other's answers."""
    for sock in list(_sockets):
        descriptor = sock.detach()
        if descriptor >= 0:
            os.close(descriptor)


os.register_at_fork(after_in_child=_let_go)


class _Guarded(HTTPConnection):
    """The additions to both kinds of connection."""

    response_class = ChunkedResponse
    _used_at = 0.0
    _fresh = True
    _parts: list[Any] | None = None

    def _new_conn(self) -> socket.socket:
        guard = current.guard or Guard(monotonic() + CONNECT_SECONDS)
        try:
            found = _resolve(self._dns_host, self.port or self.default_port, guard)
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise ConnectTimeoutError(self, f"the name {self.host} was not resolved in time") from error
            raise NameResolutionError(self.host, self, error) from error  # type: ignore[arg-type]
        failure: OSError = OSError("the name has no address")
        for family, kind, protocol, _, address in found:
            try:
                return self._connected(socket.socket(family, kind, protocol), address, guard)
            except OSError as error:
                failure = error
        if isinstance(failure, TimeoutError):
            raise ConnectTimeoutError(self, f"{self.host}:{self.port} did not answer") from failure
        raise NewConnectionError(self, str(failure)) from failure

    def _connected(self, sock: socket.socket, address: Any, guard: Guard) -> socket.socket:
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            guard.hold(sock)
            sock.settimeout(min(CONNECT_SECONDS, guard.remaining()))
            sock.connect(address)
            guard.check()
            sock.settimeout(min(CONNECT_SECONDS, guard.remaining()))
        except BaseException:
            sock.close()
            raise
        return sock

    def connect(self) -> None:
        guard = current.guard
        if guard:
            guard.connecting = True
        super().connect()
        self._fresh = True
        if self.sock:
            _sockets.add(self.sock)
        if guard and self.sock:
            guard.hold(self.sock)
            guard.connecting = False

    @property
    def is_connected(self) -> bool:
        return monotonic() - self._used_at < IDLE_SECONDS and super().is_connected

    def request(self, *arguments: Any, **options: Any) -> None:
        guard = current.guard
        if guard:
            guard.reused = self.sock is not None and not self._fresh
            if self.sock:
                guard.hold(self.sock)
        # Head and body in one piece: one system call, one packet.
        self._parts = []
        try:
            super().request(*arguments, **options)
            request = b"".join(self._parts)
        finally:
            self._parts = None
        self.send(request)
        self._fresh = False

    def putheader(self, header: str, *values: Any) -> None:  # type: ignore[override]
        # The base takes each apart in a dozen steps to find what this finds in one.
        line = f"{header}: {values[0]}"
        if len(values) == 1 and values[0].__class__ in _TEXTS and _PLAIN.fullmatch(line):
            self._output(line.encode("ascii"))  # type: ignore[attr-defined]
        else:
            super().putheader(header, *values)

    def send(self, data: Any) -> None:
        if self._parts is None:
            super().send(data)
        else:
            self._parts.append(data)

    def getresponse(self) -> Any:
        response = super().getresponse()
        self._used_at = monotonic()
        return response


class GuardedHTTPConnection(_Guarded):
    """Plain."""


class GuardedHTTPSConnection(_Guarded, HTTPSConnection):
    """Encrypted."""


class GuardedHTTPConnectionPool(HTTPConnectionPool):
    """A pool of the plain kind."""

    ConnectionCls = GuardedHTTPConnection


class GuardedHTTPSConnectionPool(HTTPSConnectionPool):
    """A pool of the encrypted kind."""

    ConnectionCls = GuardedHTTPSConnection


POOLS = {"http": GuardedHTTPConnectionPool, "https": GuardedHTTPSConnectionPool}


def _resolve(host: str, port: int, guard: Guard) -> list[Any]:
    """The addresses of ``host``; a name server that hangs is not waited for beyond the deadline."""
    if _is_numeric(host):
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    found: list[list[Any]] = []
    failed: list[OSError] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            failed.append(error)

    # No call can interrupt getaddrinfo, so it runs in a thread that may be left behind.
    helper = threading.Thread(target=look_up, name="axme-resolver", daemon=True)
    helper.start()
    helper.join(min(CONNECT_SECONDS, guard.remaining()))
    if failed:
        raise failed[0]
    if not found:
        raise TimeoutError(f"the name {host} was not resolved in time")
    return found[0]


def _is_numeric(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
