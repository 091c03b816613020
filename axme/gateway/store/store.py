"""The door to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from axme.contract.clock import Clock
from axme.gateway.store import sqlite
from axme.gateway.store.bridge import Bridge
from axme.gateway.store.errors import StoreError
from axme.gateway.store.runner import Runner
from axme.gateway.store.tx import Notice, Tx

T = TypeVar("T")


class Store:
    """Runs actions in transactions and announces what was committed.

    ``on_commit`` is called with the notices of each commit, in the thread that committed, and must not block.
    """

    def __init__(self) -> None:
        self.on_commit: Callable[[Sequence[Notice]], None] | None = None
        self._runner: Runner
        self._bridge: Bridge | None = None

    @classmethod
    def open(cls, url: str, clock: Clock, node_id: str | None = None, *, own_secret: bytes = b"") -> Store:
        """Open and migrate the database at ``url``: ``sqlite:////path/to/file`` or ``postgresql://…``.

        Args:
            url: the database.
            clock: what tells the time where the database does not.
            node_id: the name among the gateways that share a PostgreSQL; by default a new one.
            own_secret: part of what is signed with, kept outside of the database; the same for all nodes.

        Raises:
            StoreError: the URL names no such database, another process holds the file or runs under this name, or its
                settings are unsafe.
        """
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise StoreError("the database must be sqlite:////path/to/file or postgresql://user@host/name") from None
        store = cls()
        match parsed.get_backend_name():
            case "sqlite":
                store._runner = sqlite.open_runner(parsed, clock, store._publish)
            case "postgresql" | "postgres":
                # Imported here: the driver takes a tenth of a second that a gateway on one file need not spend.
                from axme.gateway.store import postgres

                store._runner = postgres.open_runner(parsed, clock, store._publish, node_id)
            case other:
                raise StoreError(f"{other} is no database axme knows: use sqlite:////path/to/file or postgresql://…")
        store._runner.statements.own_secret = own_secret
        return store

    @property
    def run_id(self) -> str:
        """What this process calls itself where it takes work."""
        return self._runner.run_id

    @property
    def trouble(self) -> str | None:
        """What keeps the database from being used at the moment, or kept the last write from being done."""
        return self._runner.trouble

    async def write(self, action: Callable[[Tx], T]) -> T:
        """Run ``action`` in a transaction and return its result once that is on disk."""
        return await self._here().wait(self._runner.write(action))

    async def write_alone(self, action: Callable[[Tx], T]) -> T:
        """:meth:`write` while this process writes nothing else."""
        return await self._here().wait(self._runner.write_alone(action))

    async def read(self, action: Callable[[Tx], T]) -> T:
        """Run ``action``, which only reads, on one consistent state."""
        return await self._here().wait(self._runner.read(action))

    async def glance(self, action: Callable[[Tx], T]) -> T:
        """:meth:`read` for a few rows found by their keys: done here and now where the database is a local file."""
        return self._runner.read_here(action) if self._runner.is_near else await self.read(action)

    def write_sync(self, action: Callable[[Tx], T]) -> T:
        """:meth:`write` for threads that have no event loop."""
        return self._runner.write(action).result()

    def read_sync(self, action: Callable[[Tx], T]) -> T:
        """:meth:`read` for threads that have no event loop."""
        return self._runner.read_here(action)

    def close(self) -> None:
        """Finish what was begun and let the database go; a second call does nothing."""
        self._runner.close()

    def _here(self) -> Bridge:
        loop = asyncio.get_running_loop()
        if self._bridge is None or self._bridge.loop is not loop:
            self._bridge = Bridge(loop)
        return self._bridge

    def _publish(self, notices: Sequence[Notice]) -> None:
        if notices and self.on_commit is not None:
            self.on_commit(notices)
