"""SQLite: one file, one process, one writing connection whose commits are shared (group commit)."""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, closing
from pathlib import Path
from threading import local
from typing import IO, TypeVar

from sqlalchemy import URL, StaticPool, create_engine, event
from sqlalchemy.dialects.sqlite import dialect

from axme.contract.clock import Clock, to_micros
from axme.gateway.store.errors import StoreClosedError, StoreError, unavailable
from axme.gateway.store.group_commit import GroupCommit
from axme.gateway.store.migrate import upgrade
from axme.gateway.store.runner import Publish
from axme.gateway.store.tx import Statements, Tx
from axme.gateway.threads import full_pool

T = TypeVar("T")
_log = logging.getLogger("axme.gateway")
_TOLD = ": with several writing connections it could lose pages (fixed in 3.51.3), so one alone writes"
BUSY_SECONDS = 30
READERS = 4
#: Pages of journal after which SQLite copies it back into the file: rarely, because each time costs syncs.
CHECKPOINT_PAGES = 4000
_FULL = 2


def open_runner(url: URL, clock: Clock, publish: Publish) -> SQLiteRunner:
    """Open, lock, verify and migrate the file of ``url``.

    Raises:
        StoreError: there is no file name, another process holds the file, or SQLite refused a safe setting.
    """
    if not url.database or url.database == ":memory:":
        raise StoreError("SQLite needs a file: write sqlite:////absolute/path/axme.db")
    path = Path(url.database).absolute()
    _log.info("SQLite %s%s", sqlite3.sqlite_version, _TOLD if has_the_reset_race(sqlite3.sqlite_version_info) else "")
    with ExitStack() as opened:
        lock = opened.enter_context(_hold(path))
        _require_there(path, lock)
        _create_private(path)
        writing = opened.enter_context(closing(connect(path)))
        _migrate(writing)
        _mark(lock)
        opened.pop_all()
    return SQLiteRunner(path, writing, clock, publish, lock)


def has_the_reset_race(version: tuple[int, ...]) -> bool:
    """Whether SQLite ``version`` can lose pages where two connections write and copy the journal back at once."""
    repaired = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    return version >= (3, 7) and not repaired


def _hold(path: Path) -> IO[str]:
    """Be the only process on the file for as long as the answer stays open."""
    if not path.parent.is_dir():
        raise StoreError(
            f"the directory {path.parent} does not exist: create it, or name another place for the database"
        )
    lock = open(os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600), "r+")  # noqa: SIM115
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise StoreError(
            f"another gateway is using {path}: stop it, or give this one its own file (or PostgreSQL, which many share)"
        ) from None
    return lock


def _require_there(path: Path, lock: IO[str]) -> None:
    """Never an empty database in place of one that is gone: everybody would believe it."""
    if lock.read(1) and not (path.is_file() and path.stat().st_size):
        raise StoreError(
            f"the database {path} is gone, or empty, though a gateway has kept its data there: put it back, from a"
            f" backup if need be. To begin with an empty one instead, remove {path.name}.lock too."
        )


def _mark(lock: IO[str]) -> None:
    if not lock.tell():
        lock.write("a gateway keeps its data in the file beside this one\n")
        lock.flush()
        os.fsync(lock.fileno())


def _create_private(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a file that is there, whose transactions are begun and ended by hand.

    Raises:
        StoreError: SQLite refused a safe setting.
    """
    there = f"{path.as_uri()}?mode=rw"
    connection = sqlite3.connect(there, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True)
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        # Each action has a savepoint; its undo pages need no file.
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {setting}")
    journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if journal != "wal" or synchronous != _FULL:
        connection.close()
        raise StoreError(
            f"SQLite runs with journal_mode={journal}, synchronous={synchronous}; an acknowledged write would not be "
            "safe. Put the database on a local disk."
        )
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as begun:
        upgrade(begun)


def _in_its_place(path: Path) -> Callable[[], None]:
    """What raises once another file is at ``path``, or none: a write would be lost with the next start."""

    def file() -> tuple[int, int] | None:
        try:
            found = path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    opened = file()

    def check() -> None:
        if file() != opened:
            raise sqlite3.OperationalError(f"the database file {path.name} was removed or replaced")

    return check


class SQLiteRunner:
    """Writes through one thread, reads through a few, each on a connection of its own."""

    is_near = True

    def __init__(self, path: Path, writing: sqlite3.Connection, clock: Clock, publish: Publish, lock: IO[str]) -> None:
        self._path = path
        self._clock = clock
        self._lock = lock
        self.statements = Statements(dialect())
        self._connections: list[sqlite3.Connection] = []
        self._own = local()
        self._readers = full_pool(READERS, "axme-read")
        self._closed = False
        self.run_id = uuid.uuid4().hex
        self._writer = GroupCommit(writing, self.statements, clock, publish, guard=_in_its_place(path))

    @property
    def trouble(self) -> str | None:
        return self._writer.trouble

    def write(self, action: Callable[[Tx], T]) -> Future[T]:
        return self._writer.submit(action)

    #: Every write is alone: one thread does them all.
    write_alone = write

    def read(self, action: Callable[[Tx], T]) -> Future[T]:
        self._require_open()
        return self._readers.submit(self._read, action)

    def read_here(self, action: Callable[[Tx], T]) -> T:
        self._require_open()
        return self._read(action)

    def _read(self, action: Callable[[Tx], T]) -> T:
        try:
            connection = self._reader()
            cursor = connection.execute("BEGIN")
            try:
                return action(Tx(cursor, self.statements, to_micros(self._clock.now())))
            finally:
                connection.rollback()
        except sqlite3.Error as error:
            raise unavailable(error) or error from None

    def _require_open(self) -> None:
        if self._closed:
            raise StoreClosedError("the store is closed")

    def _reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = connect(self._path)
            # Releases of SQLite before 3.51.3 can lose pages where two connections write and copy the journal back.
            connection.execute("PRAGMA query_only = ON")
            self._connections.append(connection)
        return connection

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._writer.close()
        self._readers.shutdown(wait=True)
        for connection in self._connections:
            connection.close()
        self._lock.close()
