"""SQLite as durable as the gateway's (WAL, synchronous=FULL): all writes of one turn of the loop share a commit."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import sys
from collections.abc import Sequence
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

Statement = tuple[str, Sequence[object]]


class GroupCommit:
    """One connection, used from the loop's thread only; the file's name is the program's argument."""

    def __init__(self, schema: str) -> None:
        self._db = sqlite3.connect(sys.argv[1], isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(schema)
        self._waiting: list[tuple[Sequence[Statement], asyncio.Future[None]]] = []

    async def write(self, *statements: Statement) -> None:
        """Return when they are on disk."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._commit)
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((statements, done))
        await done

    def _commit(self) -> None:
        group, self._waiting = self._waiting, []
        self._db.execute("BEGIN IMMEDIATE")
        for statements, _ in group:
            for sql, values in statements:
                self._db.execute(sql, values)
        self._db.execute("COMMIT")
        for _, done in group:
            if not done.cancelled():
                done.set_result(None)


def serve(routes: list[Route]) -> None:
    """Serve on a free port and print it; pure Python: asyncio and h11."""
    # asyncio turns Nagle's algorithm off only where the socket itself says that it is TCP.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    options: dict[str, Any] = {"loop": "asyncio", "http": "h11", "log_level": "error", "access_log": False}
    config = uvicorn.Config(Starlette(routes=routes), lifespan="off", **options)
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))
