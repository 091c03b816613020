"""News between the gateways on one PostgreSQL: told in the committing transaction, heard by all other nodes."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from threading import Event, Thread
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from axme.contract import jsontext
from axme.gateway.store import topics
from axme.gateway.store.queries import intents
from axme.gateway.store.runner import Publish
from axme.gateway.store.tx import Notice, Tx

_log = logging.getLogger("axme.gateway")
_CHANNEL = "axme"
#: PostgreSQL's own limit is 8000; what is longer is read from the tables by those who hear of it.
_LONGEST = 7900
_TELL = text(f"SELECT pg_notify('{_CHANNEL}', word) FROM unnest(:words) AS word").bindparams(  # noqa: S608
    bindparam("words", type_=ARRAY(Text))
)
_POLL_SECONDS = 0.25
_RECONNECT_SECONDS = 0.5


class Listener:
    """One connection that listens, on a thread of its own, and comes back when it is cut."""

    def __init__(self, engine: Engine, read: Callable[[Callable[[Tx], Any]], Any], publish: Publish) -> None:
        self._engine = engine
        self._read = read
        self._publish = publish
        self._node = uuid.uuid4().hex
        self._closing = Event()
        self._ready = Event()
        self._thread = Thread(target=self._work, name="axme-listen", daemon=True)
        self._thread.start()
        self._ready.wait(_RECONNECT_SECONDS)

    def tell(self, connection: Connection, notices: Sequence[Notice]) -> None:
        """Have the other nodes hear ``notices`` when ``connection``'s transaction commits."""
        if notices:
            connection.execute(_TELL, {"words": [self._word(notice) for notice in notices]})

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._thread.join()

    def _word(self, notice: Notice) -> str:
        word = jsontext.encode([self._node, notice.topic, notice.seq, notice.data])
        if len(word.encode()) <= _LONGEST:
            return word
        return jsontext.encode([self._node, notice.topic, notice.seq, {}])

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                self._listen()
            except Exception:
                if not self._closing.is_set():
                    _log.warning("the listening connection to PostgreSQL was cut; connecting again")
                    self._closing.wait(_RECONNECT_SECONDS)

    def _listen(self) -> None:
        pooled = self._engine.raw_connection()
        driver: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]
        pooled.detach()
        with closing(driver):
            driver.rollback()
            driver.autocommit = True
            driver.execute(f"LISTEN {_CHANNEL}")
            # Whatever was said while nobody listened: the engine and the streams look for themselves.
            self._publish([Notice(topics.JOBS, 0, None), Notice(topics.ANYTHING, 0, None)])
            self._ready.set()
            while not self._closing.is_set():
                for heard in driver.notifies(timeout=_POLL_SECONDS):
                    self._hear(heard.payload)

    def _hear(self, word: str) -> None:
        node, topic, seq, data = jsontext.loads(word)
        if node == self._node:
            return
        if data == {}:
            data = self._read(lambda tx: intents.announced(tx, topic, seq))
            if data is None:
                return
        self._publish([Notice(topic, seq, data)])
