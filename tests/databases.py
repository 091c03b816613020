"""On what gateways of a run keep their state: a SQLite file each or, where a variable says so, PostgreSQL.

``AXME_TEST_DATABASE=postgresql`` gives each data directory a database of its own, cloned from one that has the present
schema already. Tests start gateways as ever, and look into the database through this module.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from axme.contract.clock import SystemClock
from axme.gateway import LocalGateway
from axme.gateway.settings import DATABASE_VARIABLE
from axme.gateway.store import Store
from tests import postgres

VARIABLE = "AXME_TEST_DATABASE"
_ALIVE = "nodes"
KINDS = ("sqlite", "postgresql")
_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}

_until_the_end = ExitStack()
#: Databases on PostgreSQL by the directory they belong to.
_made: dict[Path, str] = {}


def kind() -> str:
    """The database of this run."""
    chosen = os.environ.get(VARIABLE) or KINDS[0]
    assert chosen in KINDS, f"{VARIABLE} is {chosen!r}: choose one of {', '.join(KINDS)}"
    return chosen


def url(data_dir: Path, chosen: str | None = None) -> str:
    """The database of whatever runs in ``data_dir``: the same each time; a new one has the present schema already.

    Args:
        data_dir: the directory; with the test it belongs to goes the database.
        chosen: another kind than that of the run.
    """
    if (chosen or kind()) == "sqlite":
        if not (file := data_dir / "axme.db").exists():
            shutil.copyfile(_sqlite_template(), file)
        return f"sqlite:///{file}"
    if data_dir not in _made:
        _made[data_dir] = postgres.create(server(), template=_postgres_template())
    return _made[data_dir]


def environment(data_dir: Path) -> dict[str, str]:
    """Where a gateway that is started by its command is told the same."""
    return os.environ | ({DATABASE_VARIABLE: url(data_dir)} if kind() == "postgresql" else {})


def drop_under(folder: Path) -> None:
    """Forget the databases of what ran in ``folder``."""
    for data_dir in [each for each in _made if each.is_relative_to(folder)]:
        postgres.drop(server(), _made.pop(data_dir))


@cache
def server() -> str:
    """The PostgreSQL of this process."""
    return _until_the_end.enter_context(postgres.server())


def close() -> None:
    """End the server, and all databases with it."""
    drop_under(Path("/"))
    _until_the_end.close()


def open_the_door() -> None:
    """Lead gateways that are told no database to the one of their data directory."""
    if kind() == "sqlite":
        return
    plain = LocalGateway.__init__

    @wraps(plain)
    def led(
        self: LocalGateway, data_dir: Path, port: int, clock: str, database: str | None, *more: Any, **options: Any
    ) -> None:
        plain(self, data_dir, port, clock, database or url(data_dir), *more, **options)

    LocalGateway.__init__ = led  # type: ignore[method-assign]


def rows(data_dir: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What the database of a running gateway answers; a value stands as ``?``."""
    statement = sql if kind() == "sqlite" else sql.replace("%", "%%").replace("?", "%s")
    with _connection(data_dir, "?mode=ro") as looking:
        found: list[tuple[Any, ...]] = looking.execute(statement, values).fetchall()
    return found


def change(data_dir: Path, *statements: str) -> None:
    """Do to the database what no gateway would."""
    with _connection(data_dir) as changing:
        for sql in statements:
            changing.execute(sql)
        changing.commit()


@contextmanager
def _connection(data_dir: Path, how: str = "") -> Iterator[Any]:
    if kind() == "sqlite":
        with closing(sqlite3.connect(f"file:{data_dir / 'axme.db'}{how}", uri=True, timeout=30)) as connection:
            yield connection
        return
    import psycopg

    with psycopg.connect(url(data_dir)) as connection:
        yield connection


def trouble(text: str) -> Exception:
    """What the driver of the run raises where the database cannot do its work."""
    if kind() == "sqlite":
        return sqlite3.OperationalError(text)
    import psycopg

    return psycopg.OperationalError(text)


def tables(data_dir: Path) -> list[str]:
    """The names of all tables."""
    return sorted(name for (name,) in rows(data_dir, _TABLES[kind()]))


def state(data_dir: Path, but: Iterable[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the database holds, in any order, but for some tables and who is alive."""
    return {
        table: rows(data_dir, f'SELECT * FROM "{table}"')  # noqa: S608 (names come from the database)
        for table in tables(data_dir)
        if table not in {*but, _ALIVE}
    }


@cache
def _sqlite_template() -> Path:
    file = Path(_until_the_end.enter_context(TemporaryDirectory(prefix="axme-template-"))) / "axme.db"
    Store.open(f"sqlite:///{file}", SystemClock()).close()
    return file


@cache
def _postgres_template() -> str:
    made = _until_the_end.enter_context(postgres.database(server()))
    Store.open(made, SystemClock()).close()
    return made
