"""Bytes of an event stream → events, by the WHATWG rules (contract 1.11). No I/O.

sseclient-py parses the blocks; what it leaves to its caller stands here: the byte order mark, line ends split over
chunks, blocks that never end, bad UTF-8, ids that persist, and bounds on what one event may cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sseclient

from axme.contract.limits import EVENT_BYTES

#: sseclient-py takes quadratic time in the lines of one event; events of the protocol have three.
EVENT_LINES = 1000
_BOM = b"\xef\xbb\xbf"
# The frame every gateway writes, recognised whole: several times as fast as going through it line by line.
_USUAL = re.compile("(?:id: ?([^\n\0]*)\n)?(?:event: ?([^\n]*)\n)?data: ?([^\n]*)\n\n")
_NOTHING = re.compile("\n+|:[^\n]*\n")
_NUL_ID = re.compile("^id:[^\n]*\0[^\n]*\n", re.MULTILINE)

#: One event as it was dispatched: its name, the last id seen so far, its data.
SseEvent = tuple[str, str, str]


class SseError(Exception):
    """The stream holds something no event may be; the message says what."""


class SseParser:
    """Takes the bytes of one connection, gives the events that they complete."""

    def __init__(self) -> None:
        self._lines = _Lines()
        self._tail = bytearray()
        self._last_id = ""

    def feed(self, chunk: bytes) -> Iterator[SseEvent]:
        """The events completed by ``chunk``, all of them, at once; take them all before feeding more.

        Raises:
            SseError: an event is larger than the protocol allows; the events before it have been given.
        """
        return self._parse(self._completed(self._lines.normalise(chunk)))

    def _completed(self, lines: bytes) -> bytes:
        """Everything up to the last blank line; the rest waits for more."""
        tail = self._tail
        if not tail and lines.endswith(b"\n\n"):
            return lines
        searched = max(len(tail) - 1, 0)
        tail += lines
        end = tail.rfind(b"\n\n", searched) + 2
        if end < 2:
            return b""
        blocks = bytes(tail[:end])
        del tail[:end]
        return blocks

    def _parse(self, blocks: bytes) -> Iterator[SseEvent]:
        text = blocks.decode("utf-8", "replace")
        limited = len(blocks) <= EVENT_BYTES
        start = 0
        while start < len(text):
            if usual := _USUAL.match(text, start):
                end = usual.end()
            elif nothing := _NOTHING.match(text, start):
                start = nothing.end()
                continue
            else:
                end = text.index("\n\n", start) + 2
            if not limited:
                _check_size(len(text[start:end].encode()))
            if usual:
                last_id, name, data = usual.groups()
                if last_id is not None:
                    self._last_id = last_id
                yield name or "message", self._last_id, data
            else:
                yield from self._parse_block(text[start:end])
            start = end
        _check_size(len(self._tail))

    def _parse_block(self, block: str) -> Iterator[SseEvent]:
        """The event of a block in any other form, if it is one: a block without data is none."""
        if block.count("\n") > EVENT_LINES:
            raise SseError(f"an event has more than {EVENT_LINES} lines")
        clean = (_NUL_ID.sub("", block) if "\0" in block else block).encode()
        event = next(sseclient.SSEClient(iter([clean])).events(), None)
        # Without data nothing is dispatched, and yet an id in the block counts.
        seen = event or next(sseclient.SSEClient(iter([clean[:-1] + b"data\n\n"])).events())
        if seen.id is not None:
            self._last_id = seen.id
        if event:
            yield event.event, self._last_id, event.data


def _check_size(size: int) -> None:
    if size > EVENT_BYTES:
        raise SseError(f"an event is larger than {EVENT_BYTES} bytes")


class _Lines:
    """Makes every line end ``\\n`` and takes the byte order mark away, wherever the chunks are cut."""

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._after_cr = False
        self._is_special = True

    def normalise(self, chunk: bytes) -> bytes:
        if not self._is_special and b"\r" not in chunk:
            return chunk
        if self._head is not None:
            chunk = self._behead(self._head + chunk)
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self._is_special = self._after_cr or self._head is not None
        return chunk

    def _behead(self, start: bytes) -> bytes:
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._head = start
            return b""
        self._head = None
        return start.removeprefix(_BOM)
