"""What is asked of the server: one call, checked before a byte is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from axme.exceptions import AxmeValueError
from axme.transport.deadline import Cancel

EMPTY: Mapping[str, Any] = MappingProxyType({})
#: No body at all; ``None`` would be the JSON document ``null``.
ABSENT: Final = object()
READS = frozenset({"GET", "HEAD"})
_ID_CHARS = 2048
_PATH = re.compile(r"/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*")
_DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One logical call, however often it is tried.

    Args:
        method: ``GET``, ``POST``, …
        path: below the base URL, made with :func:`quoted_path`.
        query: parameters; those that are ``None`` are left out.
        json: the body, written as JSON once for all attempts; ``ABSENT`` for none.
        operation: what the caller called it, for messages.
        idempotency_key: names the effect (contract 1.5); a write without one is given one.
        trace_id: sent as ``X-Trace-Id``.
        owner_agent: sent as ``x-owner-agent`` (contract 1.3).
        correlation_id: sent as ``X-Correlation-Id``.
        authorization: the whole ``Authorization`` header in place of the client's own.
        timeout: seconds for the whole call; the configuration's when ``None``.
        held: so many seconds the server may hold its answer, on top of the silence that is allowed.
        retryable: ``False`` allows one attempt only.
        cancel: ends the call from another thread, with ``AxmeClosedError``; the pause before a retry it lets pass.
    """

    method: str
    path: str
    query: Mapping[str, str | int | bool | None] = field(default_factory=lambda: EMPTY)
    json: Any = ABSENT
    operation: str = ""
    idempotency_key: str | None = None
    trace_id: str | None = None
    owner_agent: str | None = None
    correlation_id: str | None = None
    authorization: str | None = field(default=None, repr=False)
    timeout: float | None = None
    held: float = 0.0
    retryable: bool = True
    cancel: Cancel | None = field(default=None, repr=False, compare=False)


def quoted_path(template: str, *ids: str) -> str:
    """Fill each ``{}`` of ``template`` with an id as exactly one path segment.

    Raises:
        AxmeValueError: an id is no text, empty, ``.`` or ``..``, too long, or holds control characters.

    Example:
        >>> quoted_path("/v1/intents/{}/events", "a/b")
        '/v1/intents/a%2Fb/events'
    """
    return template.format(*map(_segment, ids))


def target(call: Call) -> str:
    """Path and query as they stand in the request line.

    Raises:
        AxmeValueError: method, path or query cannot be sent as they are.
    """
    if call.method not in _METHODS:
        raise AxmeValueError(f"the method {call.method!r} is not one of {', '.join(sorted(_METHODS))}")
    if not isinstance(call.path, str) or not _PATH.fullmatch(call.path) or _DOTS.search(call.path):
        raise AxmeValueError(
            f"the path {str(call.path)[:80]!r} must start with '/', be percent-encoded and hold no '.' or '..' segment"
        )
    if not call.query:
        return call.path
    pairs = [f"{_quoted(name, name)}={_parameter(name, item)}" for name, item in call.query.items() if item is not None]
    return f"{call.path}?{'&'.join(pairs)}" if pairs else call.path


def _segment(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise AxmeValueError(f"an id must be text and not empty, not {value!r}")
    if value in (".", ".."):
        raise AxmeValueError(f"{value!r} is not an id: it would name another path")
    if len(value) > _ID_CHARS:
        raise AxmeValueError(f"an id has at most {_ID_CHARS} characters, this one has {len(value)}")
    if any(char < " " or char == "\x7f" for char in value):
        raise AxmeValueError(f"the id {value[:80]!r} holds control characters")
    return _quoted("id", value)


def _parameter(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int)):
        raise AxmeValueError(f"the parameter {name} must be text or a whole number, not {type(value).__name__}")
    return _quoted(name, str(value))


def _quoted(name: str, value: str) -> str:
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise AxmeValueError(f"{name[:80]!r} contains half of a surrogate pair") from None
