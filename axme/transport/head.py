"""An answer whose head was cut short is no answer."""

from __future__ import annotations

from http.client import HTTPResponse, IncompleteRead
from io import BufferedReader
from typing import cast


class WholeHeadResponse(HTTPResponse):
    """Tells a broken connection from the end of the head; its base takes the headers that came for all there are.

    What is missing may be the length of the body, and an answer cut short would pass for a complete, empty one.
    """

    def begin(self) -> None:
        whole = self.fp
        self.fp = cast(BufferedReader, _Head(whole))
        try:
            super().begin()
        finally:
            self.fp = whole


class _Head:
    """The lines of a head, each up to its line end."""

    def __init__(self, whole: BufferedReader) -> None:
        self._whole = whole
        self._begun = False

    def readline(self, limit: int) -> bytes:
        line = self._whole.readline(limit)
        if not line.endswith(b"\n") and len(line) < limit and (line or self._begun):
            raise IncompleteRead(line)
        self._begun = True
        return line

    def close(self) -> None:
        self._whole.close()
