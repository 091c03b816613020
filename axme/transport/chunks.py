"""Chunked bodies read piece by piece: all that has arrived at once, however many chunks it is."""

from __future__ import annotations

import re
from http.client import IncompleteRead

from axme.transport.head import WholeHeadResponse

#: The longest line between two chunks: a size, and extensions that nobody uses.
_LINE_BYTES = 1024
_SIZE = re.compile(rb"\r\n([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")
_BEGUN = re.compile(rb"\r?|\r\n(?:[0-9A-Fa-f]{1,16}[ \t]*(?:;[^\r\n]*)?\r?)?")


class Chunks:
    """Takes the framing off. No I/O.

    The line end that follows a chunk is read as the beginning of the next size; the first size has one added.
    """

    def __init__(self) -> None:
        self.over = False
        self._left = 0
        self._line = b"\r\n"

    def feed(self, data: bytes) -> bytes:
        """What ``data`` holds of the body, perhaps nothing.

        Raises:
            IncompleteRead: it breaks the rules; where the body goes on cannot be told any more.
        """
        parts = [data[: self._left]]
        at = len(parts[0])
        self._left -= at
        if self._line and not self._left:
            data, at = self._line + data, 0
        size_at, length = _SIZE.match, len(data)
        while not self._left:
            found = size_at(data, at)
            if found is None:
                self._line = self._begun(data[at:])
                break
            size, start = int(found[1], 16), found.end()
            if not size:
                self.over = True
                break
            at = start + size
            parts.append(data[start:at])
            if at > length:
                self._left, self._line = at - length, b""
        return b"".join(parts)

    def _begun(self, line: bytes) -> bytes:
        if len(line) > _LINE_BYTES or not _BEGUN.fullmatch(line):
            raise IncompleteRead(line[:_LINE_BYTES])
        return line


class ChunkedResponse(WholeHeadResponse):
    """An answer whose :meth:`read1` goes through many small chunks for the price of one; its base stops at each.

    An answer is read with this or with ``read()``, not with both in turn.
    """

    _chunks: Chunks | None = None

    def read1(self, n: int = -1) -> bytes:
        if not self.chunked:
            return super().read1(n)
        chunks = self._chunks = self._chunks or Chunks()
        while self.fp is not None and not chunks.over:
            data = self.fp.read1(n)
            if not data:
                raise IncompleteRead(b"")
            if body := chunks.feed(data):
                return body
        self.close()
        return b""
