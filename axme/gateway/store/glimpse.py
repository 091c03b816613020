"""Reading a database beside the gateway that uses it, or without one."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from psycopg import Error as DriverError
from sqlalchemy import create_engine
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from axme.gateway.store.errors import StoreError
from axme.gateway.store.tx import Cursor, Statements, Tx


@contextmanager
def glimpse(url: str, own_secret: bytes) -> Iterator[Tx]:
    """One state of the database at ``url``, to read only.

    Raises:
        StoreError: there is no such database, or it lacks what is asked of it.
    """
    parsed = make_url(url)
    with ExitStack() as opened:
        try:
            if parsed.get_backend_name() == "sqlite":
                statements, cursor = Statements(dialect()), _of_file(Path(parsed.database or ""), opened)
            else:
                engine = create_engine(parsed.set(drivername="postgresql+psycopg"), isolation_level="REPEATABLE READ")
                opened.callback(engine.dispose)
                connection = opened.enter_context(engine.connect())
                statements, cursor = Statements(engine.dialect), connection.connection.cursor()
            statements.own_secret = own_secret
            yield Tx(cursor, statements, time.time_ns() // 1000)
        except (sqlite3.Error, SQLAlchemyError, DriverError) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            raise StoreError(f"cannot read {parsed.render_as_string()}: {cause}") from None


def _of_file(path: Path, opened: ExitStack) -> Cursor:
    if not path.is_file():
        raise StoreError(f"there is no database {path}")
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30, isolation_level=None)
    return opened.enter_context(closing(database)).execute("BEGIN")
