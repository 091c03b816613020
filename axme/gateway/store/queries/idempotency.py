"""Idempotency keys with the answers they stand for."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, insert, or_, select, text, update

from axme.contract.statuses import TERMINAL
from axme.gateway.store.tables import idempotency_keys, intents

_k = idempotency_keys.c
_this = (_k.sender == bindparam("sender"), _k.operation == bindparam("operation"), _k.key == bindparam("key"))
_that = (_k.sender == bindparam("s"), _k.operation == bindparam("o"), _k.key == bindparam("k"))

#: A twin in another transaction waits here until the first one is committed or rolled back.
TAKE = text(
    "INSERT INTO idempotency_keys (sender, operation, key, fingerprint, created_at) "
    "VALUES (:sender, :operation, :key, :fingerprint, :created_at) ON CONFLICT DO NOTHING RETURNING sender"
)
#: A key and its answer at once, for an effect that something else keeps from happening twice.
KEEP = insert(idempotency_keys).values({column.name: bindparam(column.name) for column in idempotency_keys.columns})
FIND = select(_k.fingerprint, _k.answer).where(*_this)
ANSWER = (
    update(idempotency_keys).where(*_that).values(answer=bindparam("new_answer"), intent_id=bindparam("new_intent_id"))
)

_living = select(intents.c.intent_id).where(
    intents.c.intent_id == _k.intent_id,
    or_(
        and_(*[intents.c.status != status.value for status in sorted(TERMINAL)]),
        intents.c.updated_at > bindparam("before"),
    ),
)
#: A key lives a day, and until a day after its intent has ended.
PRUNE = delete(idempotency_keys).where(and_(_k.created_at <= bindparam("before"), ~_living.exists()))
