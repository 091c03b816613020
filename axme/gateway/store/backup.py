"""A copy of the SQLite file of a running gateway, as it was at one moment."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from axme.gateway.store.errors import StoreError

#: Pages copied between two looks at whether the gateway wants to write.
_PAGES = 1000


def back_up(database: Path, target: Path) -> None:
    """Copy ``database`` into the new file ``target``, readable by its owner alone, and see that it is whole.

    Raises:
        StoreError: there is no such database, ``target`` exists or cannot be written, or the copy is damaged.
    """
    if not database.is_file():
        raise StoreError(f"there is no database {database} to back up")
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreError(f"cannot write the backup {target}: {error.strerror}") from None
    try:
        _copy(database, target)
    except (sqlite3.Error, StoreError) as error:
        target.unlink()
        raise StoreError(f"no backup was made: {error}") from None


def _copy(database: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=30)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        # One transaction for all of it: what is committed meanwhile does not make it begin anew.
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_master").fetchone()
        source.backup(copy, pages=_PAGES)
        copy.execute("PRAGMA journal_mode = DELETE")
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"the copy is damaged: {found}")
    with open(target, "rb") as written:
        os.fsync(written.fileno())
