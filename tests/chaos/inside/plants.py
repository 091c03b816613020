"""Known mistakes, put back into a gateway by replacing a function of it. Each must turn a probe red."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from typing import Any

from axme.contract import jsontext
from axme.gateway.actions import idempotency as keys
from axme.gateway.actions.claims import end, living
from axme.gateway.actions.intents import access
from axme.gateway.actions.webhooks import sending
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.transitions import TRANSITIONS
from axme.gateway.routes import layer
from axme.gateway.store import group_commit, sqlite
from axme.gateway.store.ids import new_uuid
from axme.gateway.store.queries import idempotency, intents, jobs, threads
from axme.gateway.store.tx import Tx

#: Long enough for a test to fall into.
_A_MOMENT = 0.3
_NEXT_RELEASE = (
    "CREATE TABLE moods (intent_id text PRIMARY KEY REFERENCES intents (intent_id), mood text NOT NULL)",
    "ALTER TABLE intents ADD COLUMN mood text NOT NULL DEFAULT 'new'",
    "ALTER TABLE jobs ADD COLUMN weight bigint",
    "ALTER TABLE idempotency_keys ADD COLUMN origin text",
    "CREATE INDEX ix_intents_mood ON intents (mood, created_at)",
    "UPDATE alembic_version SET version_num = 'r9999'",
)


def look_up_then_insert() -> None:
    """1: a key is looked up, by another connection, before its effect; whoever comes meanwhile does not find it."""

    def once(tx: Tx, who: Any, operation: str, key: str | None, request: Any, effect: Callable[[], Any]) -> keys.Answer:
        if key is None:
            return keys.Answer(jsontext.encode(effect()), False)
        place = tx._cursor.execute("PRAGMA database_list").fetchall()[0][2]
        scope = {"sender": who.sender, "operation": operation, "key": key}
        with sqlite3.connect(place) as looking:
            found = looking.execute(
                "SELECT answer FROM idempotency_keys WHERE sender = ? AND operation = ? AND key = ?",
                tuple(scope.values()),
            ).fetchall()
        looking.close()
        if found:
            return keys.Answer(found[0][0], True)
        text = jsontext.encode(effect())
        tx.run(idempotency.TAKE, scope | {"fingerprint": keys.fingerprint(request), "created_at": tx.now})
        _answer(tx, who, operation, key, text)
        time.sleep(0.01)
        return keys.Answer(text, False)

    layer.once = once


def key_after_effect() -> None:
    """2: the effect is committed first, and its key in a transaction of its own."""
    perform, once = layer.perform, layer.once

    async def in_two(services: Any, operation: Any, asked: Any, key: str | None) -> keys.Answer:
        if key is None or not isinstance(operation.action, layer.Writes):
            return await perform(services, operation, asked, key)
        target = " ".join([operation.name, *asked.params.values()])
        scope = {"sender": asked.who.sender, "operation": target, "key": key}
        found = await services.store.read(lambda tx: tx.one(idempotency.FIND, scope))
        if found is not None:
            return keys.Answer(found["answer"], True)
        answer = await perform(services, operation, asked, None)
        await services.store.write(
            lambda tx: once(tx, asked.who, target, key, asked.sent, lambda: jsontext.loads(answer.text))
        )
        return answer

    layer.perform = in_two


def normal_sync() -> None:
    """3: SQLite syncs its journal now and then, not with each commit."""
    connect = sqlite.connect

    def relaxed(path: Any) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    sqlite.connect = relaxed


def answer_before_commit() -> None:
    """4: callers are told before the commit."""

    def write(self: Any, group: list[Any]) -> None:
        notices: list[Any] = []
        self._cursor.execute("BEGIN IMMEDIATE")
        for waiting in group:
            self._run(waiting, notices)
            waiting.settle(None)
        time.sleep(_A_MOMENT)
        self._cursor.execute("COMMIT")
        self._announce(notices)

    group_commit.GroupCommit._write = write  # type: ignore[method-assign]


def cursor_of_time() -> None:
    """5: a cursor is the time of a change, and changes are not committed in the order of their times."""
    _slow_commits()
    threads.next_number = lambda tx, name: tx.now


def slow_commits() -> None:
    """No bug: commits come late, and not in the order they began."""
    _slow_commits()


def commits_reported_as_failed() -> None:
    """No bug: every other request with a key is committed, and the connection breaks before that is heard of."""
    from itertools import count
    from threading import local

    import psycopg
    from sqlalchemy.engine.base import RootTransaction

    here, numbers = local(), count()
    once, commit = layer.once, RootTransaction._do_commit

    def marking(*arguments: Any) -> keys.Answer:
        answer = once(*arguments)
        here.breaks = next(numbers) % 2 == 0
        return answer

    def then_break(self: RootTransaction) -> None:
        commit(self)
        if getattr(here, "breaks", False):
            here.breaks = False
            raise psycopg.OperationalError("the connection broke")

    layer.once = marking
    RootTransaction._do_commit = then_break  # type: ignore[method-assign]


def next_release() -> None:
    """No bug: a release whose migrations go further, as they may: they add, and take nothing away."""
    from sqlalchemy import text
    from sqlalchemy.engine import Connection

    from axme.gateway.store import migrate, postgres

    upgrade = migrate.upgrade

    def further(connection: Connection) -> None:
        if connection.execute(text("SELECT to_regclass('moods')")).scalar_one() is None:
            upgrade(connection)
            for statement in _NEXT_RELEASE:
                connection.execute(text(statement))

    postgres.upgrade = further


def _slow_commits() -> None:
    from axme.gateway.store.postgres import PostgresRunner

    write = PostgresRunner.write

    def late(self: Any, action: Callable[[Tx], Any]) -> Any:
        def then_wait(tx: Tx) -> Any:
            result = action(tx)
            time.sleep(random.uniform(0.0, 0.05))
            return result

        return write(self, then_wait)

    PostgresRunner.write = late  # type: ignore[method-assign]


def no_row_lock() -> None:
    """6: an intent is read without a lock, and the next seq is the one that was read plus one."""
    _slow_commits()
    intents.BY_ID_FOR_UPDATE = intents.BY_ID


def second_end() -> None:
    """7: what has ended can end again."""
    IntentRecord.is_terminal = False  # type: ignore[assignment, misc]
    for status in TRANSITIONS:
        TRANSITIONS[status] = frozenset(TRANSITIONS)


def timer_armed_twice() -> None:
    """8: a timer that is armed again is not the same one."""
    add = jobs.add_timers

    def twice(*arguments: Any, **options: Any) -> None:
        add(*arguments, **options)
        add(*arguments, **options)

    jobs.add_timers = twice


def claim_without_fence() -> None:
    """9: whoever once had a claim may act by it."""

    def the_intent(tx: Tx, who: Any, claim_id: str) -> IntentRecord:
        return access.find_to_change(tx, who, living.intent_id_of(claim_id), living.RESUME, owner=None)

    end.the_intent = the_intent


def no_tenant_filter() -> None:
    """10: an intent is found by its id alone."""
    access.may_see = lambda *_, **__: True


def new_id_each_try() -> None:
    """11: a webhook that is tried again has another id."""
    push = sending._push

    def renamed(event: Any, subscription: Any, now: int) -> Any:
        return push(event | {"event_id": new_uuid(now)}, subscription, now)

    sending._push = renamed


def _answer(tx: Tx, who: Any, operation: str, key: str, text: str) -> None:
    named = {"s": who.sender, "o": operation, "k": key, "new_answer": text, "new_intent_id": None}
    tx.run(idempotency.ANSWER, named)


PLANTS: dict[str, Callable[[], None]] = {
    made.__name__: made
    for made in (
        look_up_then_insert, key_after_effect, normal_sync, answer_before_commit, cursor_of_time, no_row_lock,
        second_end, timer_armed_twice, claim_without_fence, no_tenant_filter, new_id_each_try, slow_commits,
        commits_reported_as_failed, next_release,
    )
}  # fmt: skip
