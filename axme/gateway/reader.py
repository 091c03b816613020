"""Bytes of a connection to requests. What could be read in two ways is refused; the parser's own rules are strict."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import httptools

HEAD_BYTES = 64 * 1024
_VERSIONS = ("1.1", "1.0")
_FRAMING = (b"content-length", b"transfer-encoding")

HeaderLines = list[tuple[bytes, bytes]]


class NotHttpError(ValueError):
    """The bytes are no request of HTTP/1.1, or more than one; the message says why, and quotes nothing."""


class Head(NamedTuple):
    """What a request says before its body."""

    method: str
    url: bytes
    version: str
    headers: HeaderLines
    #: Whether another request may follow on the connection.
    keep_alive: bool
    #: Whether the peer wants to be asked before it sends the body.
    expects_continue: bool


class Takes(Protocol):
    """Who is told what was read."""

    def on_head(self, head: Head) -> None:
        """A request begins; what is raised here refuses it."""

    def on_piece(self, piece: bytes) -> None:
        """A piece of its body."""

    def on_end(self) -> None:
        """It is complete."""


class Reader:
    """The requests of one connection, one after the other."""

    def __init__(self, takes: Takes) -> None:
        self._takes = takes
        self._parser = httptools.HttpRequestParser(self)
        #: No further request is read.
        self.over = False
        #: The head of a request has begun, and not ended.
        self.in_head = False
        #: Bytes since the last head or piece of a body.
        self._beside = 0
        #: The body of a request follows whose head was read before (see ``_parse``).
        self._resumes = False
        self._url = b""
        self._headers: HeaderLines = []
        self._keep_alive = False
        self._expects_continue = False

    def feed(self, data: bytes) -> None:
        """Read on.

        Raises:
            NotHttpError: nothing that follows can be understood.
        """
        if self.over:
            return
        self._beside += len(data)
        try:
            self._parse(data)
        except httptools.HttpParserError as error:
            if isinstance(error.__context__, MemoryError):
                raise error.__context__ from None
            # What follows a last request is nobody's.
            if not self.over:
                self.over = True
                raise NotHttpError(str(error.__context__ or error)) from None
        if self._beside > HEAD_BYTES:
            self.over = True
            raise NotHttpError("it has more than 64 KiB beside its body")

    def _parse(self, data: bytes) -> None:
        while data:
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserUpgrade as pause:
                # Nothing else is spoken here, and the request is answered as if it had not asked. The parser leaves
                # all that follows to the other language: a new one goes on behind the head.
                framing = b"".join(b"%b: %b\r\n" % line for line in self._headers if line[0] in _FRAMING)
                self._parser = httptools.HttpRequestParser(self)
                self._resumes = True
                data = b"POST / HTTP/1.1\r\n%b\r\n%b" % (framing, data[pause.args[0] :])
            else:
                return

    # What the parser calls.

    def on_message_begin(self) -> None:
        if self.over:
            raise NotHttpError("the last request was read")
        self._url = b""
        self._headers = []
        self._expects_continue = False
        self.in_head = True

    def on_url(self, piece: bytes) -> None:
        self._url += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        # What stands behind a chunked body is none of the request's headers.
        if self.in_head:
            name = name.lower()
            self._headers.append((name, value.rstrip(b" \t")))
            if name == b"expect":
                self._expects_continue = value.lower() == b"100-continue"

    def on_headers_complete(self) -> None:
        self.in_head = False
        if self._resumes:
            self._resumes = False
            return
        version = self._parser.get_http_version()
        self._check(version)
        self._beside = 0
        current = version == "1.1"
        self._keep_alive = current and self._parser.should_keep_alive()
        method = self._parser.get_method().decode("ascii")
        expects_continue = current and self._expects_continue
        self._takes.on_head(Head(method, self._url, version, self._headers, self._keep_alive, expects_continue))

    def on_body(self, piece: bytes) -> None:
        self._beside = 0
        self._takes.on_piece(piece)

    def on_message_complete(self) -> None:
        if not self._parser.should_upgrade():
            self.over = not self._keep_alive
            self._takes.on_end()

    def _check(self, version: str) -> None:
        """What the parser lets pass, though somebody in front might read it differently."""
        if version not in _VERSIONS:
            raise NotHttpError(f"HTTP/{version} is not spoken here")
        hosts = 0
        for name, value in self._headers:
            if name == b"host":
                hosts += 1
            elif name == b"transfer-encoding" and value.lower() != b"chunked":
                raise NotHttpError("Transfer-Encoding may only be chunked")
        if hosts > 1 or (hosts == 0 and version == "1.1"):
            raise NotHttpError("it must name one Host")
        if self._beside > HEAD_BYTES and sum(len(name) + len(value) + 4 for name, value in self._headers) > HEAD_BYTES:
            raise NotHttpError("its head has more than 64 KiB")
