"""The head of an answer: the usual one in a few steps, any other by the library's own reading.

An answer whose head was cut short is no answer.
"""

from __future__ import annotations

import re
from http.client import HTTPMessage, HTTPResponse, IncompleteRead
from io import BufferedReader
from typing import Any, cast

_LINE_BYTES = 65536
_MOST_LINES = 100
_ENDS = (b"\r\n", b"\n", b"")
_STATUS = re.compile(r"HTTP/1\.1 ([2-5]\d\d) ([ -~]*)\r\n")
_FIELD = re.compile(r"^([A-Za-z0-9-]+):[ \t]*([!-~]|[!-~][ -~]*[!-~])\r\n", re.MULTILINE)
#: What says how long the body is, or the connection lasts, in another way than by the body's length.
_UNUSUAL = frozenset({"transfer-encoding", "connection", "keep-alive", "proxy-connection"})
_NO_BODY = frozenset({204, 304})


class WholeHeadResponse(HTTPResponse):
    """Tells a broken connection from the end of the head; its base takes the headers that came for all there are.

    What is missing may be the length of the body, and an answer cut short would pass for a complete, empty one.
    """

    def begin(self) -> None:
        if self.headers is not None:
            return
        whole = self.fp
        head = _Head(whole)
        if self._is_usual(head.lines()):
            return
        self.fp = cast(BufferedReader, head)
        try:
            super().begin()
        finally:
            self.fp = whole

    def _is_usual(self, lines: list[bytes]) -> bool:
        """Whether this is HTTP/1.1 with a body of a given length on a connection that stays; then it is read."""
        first = _STATUS.fullmatch(lines[0].decode("latin-1"))
        if first is None or len(lines) > _MOST_LINES or lines[-1] != b"\r\n" or self._method == "HEAD":  # type: ignore[attr-defined]
            return False
        found = _FIELD.findall(b"".join(lines[1:-1]).decode("latin-1"))
        if len(found) != len(lines) - 2:
            return False
        fields, status = _Fields(found), int(first[1])
        length = fields.get("content-length", "")
        if not (length.isdigit() and len(length) < 19) or status in _NO_BODY or fields.has(_UNUSUAL):
            return False
        self.code = self.status = status
        self.reason = first[2].strip()
        self.version = 11
        self.headers = self.msg = fields
        self.chunked = self.will_close = False
        self.length = int(length)
        return True


class _Fields(HTTPMessage):
    """Fields that were found to be plain text; the base would look again at each that is asked for."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        super().__init__()
        self._headers = found
        #: Of several with one name, the first.
        self._known = {name.lower(): value for name, value in reversed(found)}

    def has(self, names: frozenset[str]) -> bool:
        return not names.isdisjoint(self._known)

    def get(self, name: str, failobj: Any = None) -> Any:
        return self._known.get(name.lower(), failobj)

    def items(self) -> list[tuple[str, str]]:
        return list(self._headers)


class _Head:
    """The lines of a head, each up to its line end."""

    def __init__(self, whole: BufferedReader) -> None:
        self._whole = whole
        self._begun = False
        self._again: list[bytes] = []

    def lines(self) -> list[bytes]:
        """All up to the empty one, which are there again for who reads line by line."""
        lines: list[bytes] = []
        next_line = self.readline
        while len(lines) <= _MOST_LINES:
            lines.append(line := next_line(_LINE_BYTES + 1))
            if line in _ENDS or len(line) > _LINE_BYTES:
                break
        self._again = lines[::-1]
        return lines

    def readline(self, limit: int) -> bytes:
        if self._again:
            return self._again.pop()
        line = self._whole.readline(limit)
        if not line.endswith(b"\n") and len(line) < limit and (line or self._begun):
            raise IncompleteRead(line)
        self._begun = True
        return line

    def close(self) -> None:
        self._whole.close()
