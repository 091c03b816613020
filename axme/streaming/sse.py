"""Bytes of an event stream → events, by the WHATWG rules (contract 1.11). No I/O.

sseclient-py parses the blocks; what it leaves to its caller stands here: the byte order mark, line ends split over
chunks, blocks that never end, bad UTF-8, ids that persist, and bounds on what one event may cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import sseclient

from axme.contract.limits import EVENT_BYTES

#: sseclient-py takes quadratic time in the lines of one event; events of the protocol have three.
EVENT_LINES = 1000
_BOM = b"\xef\xbb\xbf"
# The frame every gateway writes, recognised whole: five times as fast as going through it line by line.
_USUAL = re.compile(rb"(?:id: ?([^\n\0]*)\n)?(?:event: ?([^\n]*)\n)?data: ?([^\n]*)\n\n")
_NOTHING = re.compile(rb"\n+|:[^\n]*\n")
_NUL_ID = re.compile(rb"^id:[^\n]*\0[^\n]*\n", re.MULTILINE)


class SseError(Exception):
    """The stream holds something no event may be; the message says what."""


class SseEvent(NamedTuple):
    """One event as it was dispatched: its name, the last id seen so far, its data."""

    name: str
    id: str
    data: str


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
        text = self._lines.normalise(chunk)
        tail = self._tail
        searched = max(len(tail) - 1, 0)
        tail += text
        end = tail.rfind(b"\n\n", searched) + 2
        if end > 1:
            blocks = bytes(tail[:end])
            del tail[:end]
            yield from self._parse(blocks)
        if len(tail) > EVENT_BYTES:
            raise SseError(f"an event is larger than {EVENT_BYTES} bytes")

    def _parse(self, blocks: bytes) -> Iterator[SseEvent]:
        start = 0
        while start < len(blocks):
            if nothing := _NOTHING.match(blocks, start):
                start = nothing.end()
                continue
            usual = _USUAL.match(blocks, start)
            end = usual.end() if usual else blocks.index(b"\n\n", start) + 2
            if end - start > EVENT_BYTES:
                raise SseError(f"an event is larger than {EVENT_BYTES} bytes")
            if usual:
                yield self._event(*usual.groups())
            else:
                yield from self._parse_block(blocks[start:end])
            start = end

    def _event(self, last_id: bytes | None, name: bytes | None, data: bytes) -> SseEvent:
        if last_id is not None:
            self._last_id = last_id.decode("utf-8", "replace")
        name_text = name.decode("utf-8", "replace") if name else "message"
        return SseEvent(name_text, self._last_id, data.decode("utf-8", "replace"))

    def _parse_block(self, block: bytes) -> Iterator[SseEvent]:
        """The event of a block in any other form, if it is one: comments and blocks without data are none."""
        if block.count(b"\n") > EVENT_LINES:
            raise SseError(f"an event has more than {EVENT_LINES} lines")
        clean = _NUL_ID.sub(b"", block) if b"\0" in block else block
        clean = clean.decode("utf-8", "replace").encode()
        event = next(sseclient.SSEClient(iter([clean])).events(), None)
        # Without data nothing is dispatched, and yet an id in the block counts.
        seen = event or next(sseclient.SSEClient(iter([clean[:-1] + b"data\n\n"])).events())
        if seen.id is not None:
            self._last_id = seen.id
        if event:
            yield SseEvent(event.event, self._last_id, event.data)


class _Lines:
    """Makes every line end ``\\n`` and takes the byte order mark away, wherever the chunks are cut."""

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._after_cr = False

    def normalise(self, chunk: bytes) -> bytes:
        if self._head is not None:
            chunk = self._behead(self._head + chunk)
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return chunk

    def _behead(self, start: bytes) -> bytes:
        if len(start) < len(_BOM) and _BOM.startswith(start):
            self._head = start
            return b""
        self._head = None
        return start.removeprefix(_BOM)
