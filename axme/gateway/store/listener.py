"""News between the gateways on one PostgreSQL: told in the committing transaction, heard by all other nodes.

The connection that listens is also the one that tells the others that this node lives, and this node that the database
does: a beat every other second.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import closing
from threading import Event, Thread
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from axme.contract import jsontext
from axme.gateway.store import topics
from axme.gateway.store.liveness import Liveness
from axme.gateway.store.presence import PATIENCE_SECONDS, Presence
from axme.gateway.store.queries import intents, outside
from axme.gateway.store.runner import Publish, Runner
from axme.gateway.store.tx import Notice

_log = logging.getLogger("axme.gateway")
_CHANNEL = "axme"
#: PostgreSQL's own limit is 8000; what is longer is read from the tables by those who hear of it.
_LONGEST = 7900
_TELL = text(f"SELECT pg_notify('{_CHANNEL}', word) FROM unnest(:words) AS word").bindparams(  # noqa: S608
    bindparam("words", type_=ARRAY(Text))
)
_POLL_SECONDS = 0.25
_BEAT_SECONDS = 2.0
_RECONNECT_SECONDS = 0.5
Driver = psycopg.Connection[Any]


class Listener:
    """One connection that listens, on a thread of its own, and comes back when it is cut."""

    def __init__(self, engine: Engine, presence: Presence, liveness: Liveness, runner: Runner, publish: Publish):
        self._engine = engine
        self._presence = presence
        self._liveness = liveness
        self._runner = runner
        self._publish = publish
        self._closing = Event()
        self._thread = Thread(
            target=self._work, args=[self._connect(PATIENCE_SECONDS)], name="axme-listen", daemon=True
        )

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def tell(self, connection: Connection, notices: Sequence[Notice]) -> None:
        """Have the other nodes hear ``notices`` when ``connection``'s transaction commits."""
        if notices:
            connection.execute(_TELL, {"words": [self._word(notice) for notice in notices]})

    def close(self) -> None:
        """Stop listening, and leave to others what this node had taken."""
        self._closing.set()
        self._thread.join()

    def _word(self, notice: Notice) -> str:
        word = jsontext.encode([self._presence.run_id, notice.topic, notice.seq, notice.data])
        if len(word.encode()) <= _LONGEST:
            return word
        return jsontext.encode([self._presence.run_id, notice.topic, notice.seq, {}])

    def _work(self, driver: Driver | None) -> None:
        while driver is not None:
            with closing(driver):
                try:
                    self._listen(driver)
                    self._presence.leave(driver)
                except Exception as error:
                    if not self._closing.is_set():
                        _log.warning("the listening connection to PostgreSQL was cut; connecting again: %s", error)
            driver = self._reconnect()

    def _reconnect(self) -> Driver | None:
        failed = None
        while not self._closing.is_set():
            try:
                return self._connect()
            except Exception as error:
                self._liveness.lose()
                # Once for each reason, however long it takes.
                if str(error) != failed:
                    failed = str(error)
                    _log.warning("PostgreSQL cannot be used: requests are answered 503 until it can: %s", failed)
                self._closing.wait(_RECONNECT_SECONDS)
        return None

    def _connect(self, patience: float = 0.0) -> Driver:
        pooled = self._engine.raw_connection()
        driver: Driver = pooled.driver_connection  # type: ignore[assignment]
        pooled.detach()
        try:
            driver.rollback()
            driver.autocommit = True
            self._presence.arrive(driver, patience)
            driver.execute(f"LISTEN {_CHANNEL}")
        except BaseException:
            driver.close()
            raise
        self._liveness.beat()
        # Whatever was said while nobody listened: the engine, the outbox and the streams look for themselves.
        self._publish([Notice(topic, 0, None) for topic in (topics.JOBS, outside.TOPIC, topics.ANYTHING)])
        return driver

    def _listen(self, driver: Driver) -> None:
        next_beat = 0.0
        while not self._closing.is_set():
            if monotonic() >= next_beat:
                if self._presence.beat(driver):
                    self._runner.write(outside.take_back)
                self._liveness.beat()
                next_beat = monotonic() + _BEAT_SECONDS
            for heard in driver.notifies(timeout=_POLL_SECONDS):
                self._hear(heard.payload)
                if monotonic() >= next_beat:
                    break

    def _hear(self, word: str) -> None:
        node, topic, seq, data = jsontext.loads(word)
        if node == self._presence.run_id:
            return
        if data == {}:
            data = self._runner.read_here(lambda tx: intents.announced(tx, topic, seq))
            if data is None:
                return
        self._publish([Notice(topic, seq, data)])
