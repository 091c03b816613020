"""One key, one effect, one answer: key, effect and stored answer are a single transaction (contract 1.5)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from axme.contract import jsontext
from axme.contract.codes import IDEMPOTENCY_CONFLICT
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store.queries import idempotency
from axme.gateway.store.tx import Tx

#: Clients make these up for each call; the same request sent again must not look like another one.
#: Nor does one whose sender has less time left to wait.
_NOT_THE_REQUEST = frozenset({"correlation_id", "correlationId", "idempotency_key", "idempotencyKey", "?wait_seconds"})
#: Objects of answers that hold the secret they made.
_SHOWN_ONCE = frozenset({"key", "actor_token", "link", "subscription", "binding"})
_SECRET = frozenset({"token", "url", "secret"})
#: Of answers that are such an object themselves.
_SECRET_AT_THE_TOP = frozenset({"token", "invite_url"})


class Answer(NamedTuple):
    """A response body as JSON, and whether it had been given before."""

    text: str
    replayed: bool


def once(
    tx: Tx, who: Identity, operation: str, key: str | None, request: Any, effect: Callable[[], dict[str, Any]]
) -> Answer:
    """Run ``effect`` unless it was already run for (sender, operation, key); then give the answer it had.

    Args:
        tx: the transaction that ``effect`` works in.
        who: the sender.
        operation: what is asked, such as ``POST /v1/intents``, with the ids in its path.
        key: the ``Idempotency-Key``; without one, ``effect`` simply runs.
        request: the JSON body as received.
        effect: the action.

    Raises:
        GatewayError: 409 ``idempotency_conflict``, the key stands for another request; or whatever ``effect`` raises,
            and then the key is free again.
    """
    if key is None:
        return Answer(jsontext.encode(effect()), False)
    scope = {"sender": who.sender, "operation": operation, "key": key}
    mark = fingerprint(request)
    if tx.one(idempotency.TAKE, scope | {"fingerprint": mark, "created_at": tx.now}) is None:
        return _replay(tx, scope, mark)
    body = effect()
    text = jsontext.encode(body)
    kept = _without_secret(body)
    tx.run(
        idempotency.ANSWER,
        {
            "s": who.sender,
            "o": operation,
            "k": key,
            "new_answer": text if kept is body else jsontext.encode(kept),
            "new_intent_id": _intent_id(body),
        },
    )
    return Answer(text, False)


def fingerprint(request: Any) -> str:
    """A short form of what is asked, the same for every spelling of one JSON document."""
    if isinstance(request, dict):
        request = {name: value for name, value in request.items() if name not in _NOT_THE_REQUEST}
    return hashlib.sha256(jsontext.encode(request, sort_keys=True).encode()).hexdigest()


def _replay(tx: Tx, scope: dict[str, str], mark: str) -> Answer:
    row = tx.one(idempotency.FIND, scope)
    if row is None or row["answer"] is None:
        raise AssertionError("a committed key has an answer: both are written in one transaction")
    if row["fingerprint"] != mark:
        raise GatewayError(
            IDEMPOTENCY_CONFLICT,
            "idempotency key reused with different payload",
            details={"hint": "send the first payload again to get its answer, or use a new key"},
        )
    return Answer(row["answer"], True)


def _without_secret(body: dict[str, Any]) -> dict[str, Any]:
    """What may be kept of an answer: the token of a new key is shown once, and a replay is not another time."""
    if _SECRET_AT_THE_TOP & body.keys():
        body = {name: value for name, value in body.items() if name not in _SECRET_AT_THE_TOP}
    for name in _SHOWN_ONCE & body.keys():
        made = body[name]
        if isinstance(made, dict):
            body = body | {name: {inner: value for inner, value in made.items() if inner not in _SECRET}}
    return body


def _intent_id(body: dict[str, Any]) -> str | None:
    found = body.get("intent_id") or (body.get("intent") or {}).get("intent_id")
    return found if isinstance(found, str) else None
