"""What the hard tests share: seeded chance, threads that report their failures, and a look into the database."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from tests.databases import kind, state

T = TypeVar("T")
#: Refusals are audited on purpose; everything else must stay as it was.
_TOLD = frozenset({"audit_events", "audit_seals"})


def seeded(seed: int) -> random.Random:
    """Chance that can be repeated; pytest shows the seed of a test that failed."""
    print(f"seed {seed}")
    return random.Random(seed)


def in_threads(jobs: Sequence[Callable[[], T]], seconds: float = 120.0) -> list[T]:
    """Run all at once and return their results in order; the first failure is raised here."""
    results: list[Any] = [None] * len(jobs)
    failures: list[BaseException] = []

    def run(place: int) -> None:
        try:
            results[place] = jobs[place]()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    if failures:
        raise failures[0]
    assert not any(thread.is_alive() for thread in threads), "a thread did not come to its end"
    return results


def snapshot(data_dir: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the database holds."""
    return {table: sorted(filter(_lasts, found), key=repr) for table, found in state(data_dir, but=_TOLD).items()}


def _lasts(row: tuple[Any, ...]) -> bool:
    # How many requests a minute saw is noted later, and refused ones count.
    return "requests_per_minute" not in row


def is_whole(data_dir: Path) -> bool:
    """Whether SQLite finds no fault in the files a crash has left, looking at a copy of them.

    PostgreSQL is another process, which has lived on.
    """
    if kind() == "postgresql":
        return True
    with tempfile.TemporaryDirectory() as elsewhere:
        for name in ("axme.db", "axme.db-wal"):
            if (data_dir / name).exists():
                shutil.copy(data_dir / name, elsewhere)
        with closing(sqlite3.connect(Path(elsewhere) / "axme.db")) as connection:
            return (
                connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                and not connection.execute("PRAGMA foreign_key_check").fetchall()
            )
