"""One request as the layer sees it: headers read once, the body bounded in size and time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from random import getrandbits
from typing import Any

from starlette.types import Receive, Scope

from axme.contract import jsontext
from axme.contract.codes import BAD_REQUEST, MALFORMED_JSON, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR
from axme.contract.headers import CORRELATION_ID, IDEMPOTENCY_KEY, REQUEST_ID, TRACE_ID
from axme.contract.limits import CORRELATION_ID_CHARS, KEY_CHARS, REQUEST_BYTES, REQUEST_DEPTH
from axme.gateway.errors import GatewayError
from axme.gateway.exchange import WHEN_GONE
from axme.gateway.routes.answers import Headers, issue

BODY_SECONDS = 30.0
_TAG = re.compile(r"[\x21-\x7e]{1,128}")
_CLOSE = {"Connection": "close"}
#: Headers that decide who acts and what happens once: given twice, they contradict each other.
_ONCE = frozenset({"x-api-key", "authorization", "x-owner-agent", "idempotency-key"})


class Request:
    """The head of a request and its way to the body."""

    __slots__ = (
        "_receive",
        "headers",
        "method",
        "operation",
        "pace",
        "path",
        "query_string",
        "request_id",
        "scope",
        "trace_id",
        "twice",
    )

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query_string: bytes = scope["query_string"]
        self._receive = receive
        self.headers: dict[str, str] = {}
        self.twice: str | None = None
        #: What is asked for, once that is known.
        self.operation = "none"
        #: What the rate limit says of this request, in headers.
        self.pace: Headers = []
        for name, value in scope["headers"]:
            key = name.decode("latin-1")
            if key in self.headers and key in _ONCE:
                self.twice = key
            self.headers[key] = value.decode("latin-1")
        self.request_id = _tag(self.headers.get(REQUEST_ID)) or f"{getrandbits(128):032x}"
        self.trace_id = _tag(self.headers.get(TRACE_ID.lower())) or self.request_id

    def echo(self) -> Headers:
        """The headers every answer carries."""
        return [
            (REQUEST_ID.encode(), self.request_id.encode("latin-1")),
            (TRACE_ID.lower().encode(), self.trace_id.encode("latin-1")),
            *self.pace,
        ]

    @property
    def source(self) -> str:
        """The machine it comes from, as far as the connection tells."""
        client: tuple[str, int] | None = self.scope.get("client")
        return client[0] if client else ""

    @property
    def base_url(self) -> str:
        """How the client names this gateway."""
        return f"{self.scope['scheme']}://{self.headers.get('host', '')}"

    @property
    def idempotency_key(self) -> str | None:
        """The key of the header; empty is none."""
        return self._short(IDEMPOTENCY_KEY, KEY_CHARS)

    @property
    def correlation_id(self) -> str | None:
        """The correlation id of the header; empty is none."""
        return self._short(CORRELATION_ID, CORRELATION_ID_CHARS)

    def _short(self, name: str, limit: int) -> str | None:
        text = self.headers.get(name.lower(), "").strip()
        if len(text) > limit or not text.isprintable():
            message = f"the header {name} must be at most {limit} printable characters"
            raise GatewayError(VALIDATION_ERROR, message, details={"issues": [issue(["header", name], message)]})
        return text or None

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body piece by piece, of any size; silence between two pieces is limited."""
        more = True
        while more:
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    message = await self._receive()
            except TimeoutError:
                text = f"no more of the body arrived for {BODY_SECONDS:.0f} seconds"
                raise GatewayError(BAD_REQUEST, text, headers=_CLOSE) from None
            if message["type"] == "http.disconnect":
                raise GatewayError(BAD_REQUEST, "the connection was closed before the body was complete")
            yield message.get("body", b"")
            more = message.get("more_body", False)

    async def body(self) -> bytes:
        """All of the body, within the limits of size and time."""
        declared = self.headers.get("content-length", "0")
        if len(declared) > 18 or not declared.isdigit() or int(declared) > REQUEST_BYTES:
            raise _too_large()
        chunks = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        raise GatewayError(BAD_REQUEST, "the connection was closed before the body was complete")
                    chunks += message.get("body", b"")
                    if len(chunks) > REQUEST_BYTES:
                        raise _too_large()
                    if not message.get("more_body"):
                        return bytes(chunks)
        except TimeoutError:
            text = f"the body did not arrive within {BODY_SECONDS:.0f} seconds"
            raise GatewayError(BAD_REQUEST, text, headers=_CLOSE) from None

    async def json_object(self) -> dict[str, Any]:
        """The body as a JSON object; nothing at all is an empty one."""
        data = await self.body()
        if not data:
            return {}
        kind = self.headers.get("content-type", "application/json").split(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise GatewayError(UNSUPPORTED_MEDIA_TYPE, f"send the body as application/json, not {kind[:80]!r}")
        try:
            value = jsontext.loads(data, depth=REQUEST_DEPTH)
        except jsontext.JsonError as error:
            raise GatewayError(MALFORMED_JSON, f"the body is not acceptable JSON: {error}") from None
        if not isinstance(value, dict):
            raise GatewayError(MALFORMED_JSON, "the body must be a JSON object: {…}")
        if b"\\u0000" in data and _has_nul(value):
            message = "the character U+0000 cannot be stored"
            raise GatewayError(VALIDATION_ERROR, message, details={"issues": [issue(["body"], message)]})
        return value

    @contextmanager
    def watched(self, leave: Callable[[], None]) -> Iterator[None]:
        """Call ``leave`` if the client goes away meanwhile. The body must have been read, or not be wanted."""
        when_gone = self.scope[WHEN_GONE]
        when_gone(leave)
        try:
            yield
        finally:
            when_gone(None)


def _tag(text: str | None) -> str | None:
    return text if text and _TAG.fullmatch(text) else None


def _too_large() -> GatewayError:
    message = f"a request has at most {REQUEST_BYTES} bytes"
    return GatewayError(PAYLOAD_TOO_LARGE, message, details={"limit_bytes": REQUEST_BYTES}, headers=_CLOSE)


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any("\x00" in key or _has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_has_nul(item) for item in value)
