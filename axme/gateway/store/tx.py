"""One transaction: what an action is given to read, write and announce with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from sys import intern
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, ClauseElement
from sqlalchemy.sql.visitors import cloned_traverse

from axme.gateway.errors import GatewayError
from axme.gateway.store.memory import Memory, can_be_remembered, unsettles

T = TypeVar("T")
Row = dict[str, Any]
NOTHING: Mapping[str, Any] = {}


class Notice(NamedTuple):
    """Something committed that others wait for: ``seq`` orders a topic, ``told`` is the news itself, if any.

    Most notices are heard by nobody, so the news may be a function that makes it.
    """

    topic: str
    seq: int
    told: Callable[[], Row] | Row | None
    #: What it is news of, as this commit leaves it, for those who wait for that on this node.
    whole: Callable[[], Row] | None = None

    @property
    def data(self) -> Row | None:
        """The news."""
        return self.told() if callable(self.told) else self.told


class Cursor(Protocol):
    """What is used of the drivers' cursors."""

    @property
    def description(self) -> Any: ...

    def execute(self, sql: Any, arguments: Any = ..., /) -> Any: ...

    def executemany(self, sql: Any, rows: Any, /) -> Any: ...

    def fetchall(self) -> Sequence[Any]: ...


class Prepared:
    """A Core statement compiled once for a dialect, run by the driver's own cursor.

    Compiling and result plumbing cost several times what a small statement costs itself.
    """

    def __init__(self, compiled: SQLCompiler) -> None:
        written = compiled.construct_expanded_state(compiled.params)
        self.sql = written.statement
        #: The columns of the result, known after the first run.
        self.names: list[str] = []
        self.can_be_remembered = can_be_remembered(self.sql)
        self.unsettles = unsettles(self.sql)
        self._constants = {name: value for name, value in written.parameters.items() if value is not None}
        self._in_order = _picker(written.positiontup)

    def arguments(self, params: Mapping[str, Any]) -> Any:
        """``params`` as the driver wants them: a tuple in order, or the names."""
        named = {**self._constants, **params} if self._constants else params
        return named if self._in_order is None else self._in_order(named)


def _picker(names: Sequence[str] | None) -> Callable[[Mapping[str, Any]], tuple[Any, ...]] | None:
    """What takes the values of ``names`` out of a mapping, in order; ``None`` for a driver that reads names."""
    if names is None:
        return None
    if len(names) > 1:
        return itemgetter(*map(intern, map(str, names)))
    return lambda params: tuple([params[name] for name in names])


class Statements(dict[Executable, Prepared]):
    """The compiled forms of the module-level statements of ``store/queries``, each made when it is first asked for."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self._dialect = dialect
        #: What the gateway signs with beside what the database holds, so that a copy of it forges nothing.
        self.own_secret = b""

    @property
    def dialect(self) -> str:
        """The name of the database's dialect."""
        return self._dialect.name

    def __missing__(self, statement: Executable) -> Prepared:
        prepared = self[statement] = Prepared(self._compile(statement, constants=True))
        return prepared

    def unprepared(self, statement: Executable, params: Mapping[str, Any]) -> tuple[str, Any]:
        """SQL and arguments of a statement that is run once."""
        compiled = self._compile(statement)
        found = compiled.construct_expanded_state(dict(params))
        return found.statement, found.positional_parameters if compiled.positional else found.parameters

    def _compile(self, statement: Executable, *, constants: bool = False) -> SQLCompiler:
        if not isinstance(statement, ClauseElement):
            raise TypeError(f"{type(statement).__name__} is no Core statement")
        if constants:
            statement = cloned_traverse(statement, {}, {"bindparam": _write_out})
        compiled = statement.compile(dialect=self._dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(f"{type(statement).__name__} is no query")
        return compiled


def _write_out(found: BindParameter[Any]) -> None:
    """Have a constant of a statement written into it: a partial index serves only who names its condition."""
    found.literal_execute = not found.required and found.value is not None


class Tx:
    """A transaction in progress. ``now`` stands still in it."""

    def __init__(self, cursor: Cursor, statements: Statements, now: int, memory: Memory | None = None) -> None:
        self.now = now
        self.notices: list[Notice] = []
        self.regrets: list[Callable[[Tx], None]] = []
        self._cursor = cursor
        self._statements = statements
        self._memory = memory

    @property
    def has_one_writer(self) -> bool:
        """Whether writers take turns, so that none waits for another's row."""
        return self._statements.dialect == "sqlite"

    @property
    def own_secret(self) -> bytes:
        """The gateway's secret that stands in no database; empty where there is none."""
        return self._statements.own_secret

    def run(self, statement: Executable, params: Mapping[str, Any] = NOTHING) -> list[Row]:
        """Execute a module-level statement and return its rows, if it has any."""
        prepared = self._statements[statement]
        arguments = prepared.arguments(params)
        if self._memory is not None:
            if prepared.can_be_remembered:
                return self._memory.rows(prepared, arguments, self._execute)
            if prepared.unsettles:
                self._forget()
        return self._execute(prepared, arguments)

    def _execute(self, prepared: Prepared, arguments: Any) -> list[Row]:
        cursor = self._cursor
        cursor.execute(prepared.sql, arguments)
        if cursor.description is None:
            return []
        names = prepared.names = prepared.names or _names(cursor)
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def one(self, statement: Executable, params: Mapping[str, Any] = NOTHING) -> Row | None:
        """The only row of a statement, or ``None``."""
        rows = self.run(statement, params)
        return rows[0] if rows else None

    def run_many(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute a module-level statement once for each of ``rows``."""
        prepared = self._statements[statement]
        if prepared.unsettles:
            self._forget()
        self._cursor.executemany(prepared.sql, [prepared.arguments(row) for row in rows])

    def query(self, statement: Executable, params: Mapping[str, Any] = NOTHING) -> list[Row]:
        """Execute a statement built for this one call, such as one with a list in it."""
        cursor = self._cursor
        sql, arguments = self._statements.unprepared(statement, params)
        if unsettles(sql):
            self._forget()
        cursor.execute(sql, arguments)
        if cursor.description is None:
            return []
        names = _names(cursor)
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _forget(self) -> None:
        # For good: what this action sees may be rolled back.
        if self._memory is not None:
            self._memory.forget()
            self._memory = None

    def publish(
        self,
        topic: str,
        seq: int,
        told: Callable[[], Row] | Row | None,
        whole: Callable[[], Row] | None = None,
    ) -> None:
        """Announce ``told`` on ``topic`` once this transaction is committed."""
        self.notices.append(Notice(topic, seq, told, whole))

    def if_refused(self, note: Callable[[Tx], None]) -> None:
        """Have ``note`` written even though this action is about to be refused and rolled back."""
        self.regrets.append(note)

    def attempt(self, part: Callable[[], T]) -> T:
        """Run a part of the action that is refused by itself: what it did is undone, and the rest goes on.

        Raises:
            GatewayError: as ``part`` raises it; any other error is the whole transaction's.
        """
        notices, regrets = len(self.notices), len(self.regrets)
        self._cursor.execute("SAVEPOINT part")
        try:
            result = part()
        except GatewayError:
            self._cursor.execute("ROLLBACK TO SAVEPOINT part")
            self._cursor.execute("RELEASE SAVEPOINT part")
            del self.notices[notices:]
            later, self.regrets[regrets:] = self.regrets[regrets:], []
            for note in later:
                note(self)
            raise
        self._cursor.execute("RELEASE SAVEPOINT part")
        return result

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


def _names(cursor: Cursor) -> list[str]:
    return [intern(column[0]) for column in cursor.description]
