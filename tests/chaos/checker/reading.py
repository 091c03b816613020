"""Reading what a run has left: a copy of the files of SQLite, or one snapshot of PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.chaos.checker.history import Final

#: What the rules look at.
TABLES = (
    "intents", "intent_events", "claims", "idempotency_keys", "audit_events", "webhook_events", "webhook_deliveries",
    "webhook_attempts", "task_mails", "task_links", "jobs", "thread_entries", "inbox_changes",
)  # fmt: skip


def read_sqlite(data_dir: Path) -> Final:
    """The file in ``data_dir``, by a copy: a look of ours must not repair what a crash has left."""
    with tempfile.TemporaryDirectory() as elsewhere:
        for name in ("axme.db", "axme.db-wal"):
            if (data_dir / name).exists():
                shutil.copy(data_dir / name, elsewhere)
        with closing(sqlite3.connect(Path(elsewhere) / "axme.db")) as connection:
            connection.row_factory = sqlite3.Row
            try:
                faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
                faults += [
                    f"a row of {row[0]} points nowhere" for row in connection.execute("PRAGMA foreign_key_check")
                ]
                return Final({table: _rows(connection, table) for table in TABLES}, faults)
            except sqlite3.DatabaseError as error:
                return Final(faults=[f"the file cannot be read: {error}"])


def read_postgres(url: str) -> Final:
    """The database at ``url``, all tables as of one moment."""
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(url, row_factory=dict_row) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return Final({table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES})  # type: ignore[arg-type]  # noqa: S608


def _rows(connection: sqlite3.Connection, table: str) -> list[Any]:
    return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608
