"""Media on disk: bytes that arrive piece by piece, under generated names, beside the database.

What has not arrived whole lies in ``incoming`` and is removed, at the next start at the latest.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, NamedTuple

from axme.contract.codes import PAYLOAD_TOO_LARGE
from axme.gateway.errors import GatewayError

PIECE_BYTES = 1024 * 1024


class Received(NamedTuple):
    """Bytes that are on disk: the name they have there, how many they are, and their SHA-256."""

    name: str
    size: int
    sha256: str


class MediaFiles:
    """The files of a directory; making one does nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._incoming = path / "incoming"

    def clear_incoming(self, untouched_for: timedelta = timedelta(0)) -> None:
        """Forget what a process that is gone had begun to receive.

        Args:
            untouched_for: how long a part must have lain there, where others may be receiving into the same directory.
        """
        latest = time.time() - untouched_for.total_seconds()
        for part in self._incoming.glob("*"):
            with suppress(FileNotFoundError):
                if part.stat().st_mtime <= latest:
                    part.unlink()

    async def receive(self, chunks: AsyncIterator[bytes], limit: int) -> Received:
        """Keep what arrives, if it is at most ``limit`` bytes; anything that goes wrong leaves nothing behind.

        Raises:
            GatewayError: 413.
        """
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = uuid.uuid4().hex
        part = self._incoming / name
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0) as file:
                size, digest = await _write(file, chunks, limit)
            os.replace(part, self.path_of(name))
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return Received(name, size, digest)

    def path_of(self, name: str) -> Path:
        """Where the bytes of a received file are."""
        return self._path / name

    def remove(self, names: Iterable[str]) -> None:
        """Remove files that nothing refers to any more."""
        for name in names:
            self.path_of(name).unlink(missing_ok=True)


async def pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    """The rest of a file, without holding up anybody else."""
    while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
        yield piece


async def _write(file: BinaryIO, chunks: AsyncIterator[bytes], limit: int) -> tuple[int, str]:
    """How much was written, and its SHA-256."""
    digest, size, waiting = hashlib.sha256(), 0, bytearray()

    def store(piece: bytes) -> None:
        file.write(piece)
        digest.update(piece)

    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise GatewayError(
                PAYLOAD_TOO_LARGE,
                f"more than {limit} bytes: create the upload with the size it has",
                details={"limit_bytes": limit},
                headers={"Connection": "close"},
            )
        waiting += chunk
        if len(waiting) >= PIECE_BYTES:
            await asyncio.to_thread(store, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(store, bytes(waiting))
    await asyncio.to_thread(os.fsync, file.fileno())
    return size, digest.hexdigest()
