"""PostgreSQL: a pool of connections, one transaction an action, shared by as many gateways as there are."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from psycopg import Error as DriverError
from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from axme.contract.clock import Clock
from axme.gateway.errors import GatewayError
from axme.gateway.store.alone import Alone
from axme.gateway.store.database_clock import DatabaseClock
from axme.gateway.store.errors import StoreClosedError, StoreError, lost, sqlstate, unavailable, uncertain
from axme.gateway.store.listener import Listener
from axme.gateway.store.liveness import Liveness, Wires
from axme.gateway.store.migrate import upgrade
from axme.gateway.store.presence import Presence, new_node_id
from axme.gateway.store.runner import Publish
from axme.gateway.store.tx import Statements, Tx
from axme.gateway.threads import full_pool

T = TypeVar("T")
THREADS = 8
ATTEMPTS = 10
#: What the server does for us when we can do nothing ourselves, and what the kernel does when the network is silent.
_SESSION = {
    # How long a row may be waited for: a twin with the same idempotency key, a racing change of the same intent.
    "lock_timeout": "10s",
    # A node that stands still in a transaction loses it, and its rows with it, to those who go on.
    "idle_in_transaction_session_timeout": "10s",
    "statement_timeout": "60s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "timezone": "UTC",
}
_CONNECTION = {
    "connect_timeout": 3,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
    # Of several hosts in the URL, the one that is no stand-by.
    "target_session_attrs": "read-write",
}
_POOL_SECONDS = 5
_MIGRATION_LOCK = 0x61786D65
_RETRY = frozenset({"40001", "40P01"})


def open_runner(url: URL, clock: Clock, publish: Publish, node_id: str | None = None) -> PostgresRunner:
    """Connect, verify and migrate.

    Raises:
        StoreError: the server cannot be reached, acknowledges writes it has not stored, has the schema of a newer
            gateway, or another node of this name.
    """
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=THREADS * 2,
        pool_pre_ping=True,
        pool_timeout=_POOL_SECONDS,
        connect_args=_CONNECTION | {"options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items())},
    )
    wires = Wires(engine)
    try:
        with engine.begin() as connection:
            # Another node may be at it, with much to do.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            # Who waits to change a table makes all others wait who want to use it.
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            _verify(connection.execute(text("SHOW fsync")).scalar_one(), "fsync")
            _verify(connection.execute(text("SHOW synchronous_commit")).scalar_one(), "synchronous_commit")
            upgrade(connection)
        return PostgresRunner(engine, wires, clock, publish, node_id or new_node_id())
    except (SQLAlchemyError, DriverError) as error:
        engine.dispose()
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StoreError(f"PostgreSQL at {url.render_as_string()} cannot be used: {cause}") from None
    except StoreError:
        engine.dispose()
        raise


def _verify(value: str, name: str) -> None:
    if value == "off":
        raise StoreError(f"PostgreSQL runs with {name}=off: an acknowledged write would not be safe. Switch it on.")


class PostgresRunner:
    """Each action on a thread and a connection of its own, tried again when the database says so."""

    is_near = False

    def __init__(self, engine: Engine, wires: Wires, clock: Clock, publish: Publish, node_id: str) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="REPEATABLE READ")
        self._clock = DatabaseClock(clock)
        self._publish = publish
        self.statements = Statements(engine.dialect)
        self._writers = full_pool(THREADS, "axme-write")
        self._readers = full_pool(THREADS, "axme-read")
        self._alone = Alone()
        self._closed = False
        presence = Presence(node_id)
        self.run_id = presence.run_id
        self._liveness = Liveness(wires)
        self._listener = Listener(engine, presence, self._liveness, self, publish)
        self._liveness.start()
        self._listener.start()

    @property
    def trouble(self) -> str | None:
        return "the database does not answer" if self._liveness.is_lost else None

    def write(self, action: Callable[[Tx], T]) -> Future[T]:
        return self._submit(self._writers, self._write_with_others, action)

    def write_alone(self, action: Callable[[Tx], T]) -> Future[T]:
        return self._submit(self._writers, self._write_alone, action)

    def read(self, action: Callable[[Tx], T]) -> Future[T]:
        return self._submit(self._readers, self._read, action)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._listener.close()
        self._liveness.close()
        self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._engine.dispose()

    def _submit(
        self, pool: ThreadPoolExecutor, run: Callable[[Callable[[Tx], T]], T], action: Callable[[Tx], T]
    ) -> Future[T]:
        self._require_open()
        return pool.submit(run, action)

    def read_here(self, action: Callable[[Tx], T]) -> T:
        self._require_open()
        return self._read(action)

    def _read(self, action: Callable[[Tx], T]) -> T:
        self._require_life()
        try:
            with self._reading.connect() as connection, connection.begin():
                return action(self._tx(connection))
        except (DriverError, SQLAlchemyError) as error:
            raise unavailable(error) or error from None

    def _require_life(self) -> None:
        if self._liveness.is_lost:
            raise lost()

    def _require_open(self) -> None:
        if self._closed:
            raise StoreClosedError("the store is closed")

    def _write_with_others(self, action: Callable[[Tx], T]) -> T:
        with self._alone.with_others():
            return self._write(action)

    def _write_alone(self, action: Callable[[Tx], T]) -> T:
        with self._alone.alone():
            return self._write(action)

    def _write(self, action: Callable[[Tx], T]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._attempt(action)
            except (DriverError, SQLAlchemyError) as error:
                if sqlstate(error) not in _RETRY or attempt == ATTEMPTS:
                    raise unavailable(error) or error from None
        raise AssertionError("the last attempt returns or raises")

    def _attempt(self, action: Callable[[Tx], T]) -> T:
        self._require_life()
        regrets: list[Callable[[Tx], None]] = []
        committing = False
        try:
            with self._engine.connect() as connection:
                with connection.begin():
                    tx = self._tx(connection)
                    regrets = tx.regrets
                    result = action(tx)
                    self._listener.tell(connection, tx.notices)
                    committing = True
                self._publish(tx.notices)
                return result
        except GatewayError:
            if regrets:
                self._regret(regrets)
            raise
        except (DriverError, SQLAlchemyError) as error:
            if committing and sqlstate(error) not in _RETRY and unavailable(error):
                raise uncertain() from None
            raise

    def _regret(self, regrets: list[Callable[[Tx], None]]) -> None:
        with self._engine.begin() as connection:
            tx = self._tx(connection)
            for note in regrets:
                note(tx)

    def _tx(self, connection: Connection) -> Tx:
        return Tx(connection.connection.cursor(), self.statements, self._clock.now(connection))
