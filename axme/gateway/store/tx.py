"""One transaction: what an action is given to read, write and announce with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ClauseElement

Row = dict[str, Any]
NOTHING: Mapping[str, Any] = {}


class Notice(NamedTuple):
    """Something committed that others wait for: ``seq`` orders a topic, ``data`` is the news itself, if any."""

    topic: str
    seq: int
    data: dict[str, Any] | None


class Prepared:
    """A Core statement compiled once for a dialect, run by the driver's own cursor.

    Compiling and result plumbing cost several times what a small statement costs itself.
    """

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        if not isinstance(statement, ClauseElement):
            raise TypeError(f"{type(statement).__name__} is no Core statement")
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._in_order = _picker(getattr(compiled, "positiontup", None))

    def arguments(self, params: Mapping[str, Any]) -> Any:
        """``params`` as the driver wants them: a tuple in order, or the names."""
        named = {**self._constants, **params} if self._constants else params
        return named if self._in_order is None else self._in_order(named)


def _picker(names: Sequence[str] | None) -> Callable[[Mapping[str, Any]], tuple[Any, ...]] | None:
    """What takes the values of ``names`` out of a mapping, in order; ``None`` for a driver that reads names."""
    if names is None:
        return None
    if len(names) > 1:
        return itemgetter(*names)
    return lambda params: tuple([params[name] for name in names])


class Statements:
    """The compiled forms of the module-level statements of ``store/queries``."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[Executable, Prepared] = {}

    def __getitem__(self, statement: Executable) -> Prepared:
        prepared = self._known.get(statement)
        if prepared is None:
            prepared = self._known[statement] = Prepared(statement, self._dialect)
        return prepared


class Tx:
    """A transaction in progress. ``now`` stands still in it."""

    def __init__(self, conn: Connection, statements: Statements, now: int) -> None:
        self.conn = conn
        self.now = now
        self.notices: list[Notice] = []
        self.regrets: list[Callable[[Tx], None]] = []
        self._statements = statements
        self._cursor = conn.connection.cursor()

    def run(self, statement: Executable, params: Mapping[str, Any] = NOTHING) -> list[Row]:
        """Execute a module-level statement and return its rows, if it has any."""
        prepared = self._statements[statement]
        cursor = self._cursor
        cursor.execute(prepared.sql, prepared.arguments(params))
        if cursor.description is None:
            return []
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, statement: Executable, params: Mapping[str, Any] = NOTHING) -> Row | None:
        """The only row of a statement, or ``None``."""
        rows = self.run(statement, params)
        return rows[0] if rows else None

    def run_many(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute a module-level statement once for each of ``rows``."""
        prepared = self._statements[statement]
        self._cursor.executemany(prepared.sql, [prepared.arguments(row) for row in rows])

    def query(self, statement: Executable, params: Mapping[str, Any] = NOTHING) -> list[Row]:
        """Execute a statement built for this one call, such as one with a list in it."""
        return [dict(row) for row in self.conn.execute(statement, dict(params)).mappings()]

    def publish(self, topic: str, seq: int, data: dict[str, Any] | None) -> None:
        """Announce ``data`` on ``topic`` once this transaction is committed."""
        self.notices.append(Notice(topic, seq, data))

    def if_refused(self, note: Callable[[Tx], None]) -> None:
        """Have ``note`` written even though this action is about to be refused and rolled back."""
        self.regrets.append(note)

    def savepoint(self) -> None:
        """Begin the part of the transaction that is this action's alone."""
        self._cursor.execute("SAVEPOINT action")

    def rollback_to_savepoint(self) -> None:
        """Undo what the action did; the savepoint stays."""
        self._cursor.execute("ROLLBACK TO SAVEPOINT action")
        self.notices.clear()

    def release_savepoint(self) -> None:
        """Make the action's work part of the transaction."""
        self._cursor.execute("RELEASE SAVEPOINT action")
