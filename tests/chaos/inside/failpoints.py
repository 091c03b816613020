"""Named places in a gateway where a test can have it die: a file says where, and at which pass."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

#: Every place, and what is going on there.
POINTS = {
    "before_begin": "a request was read, its transaction has not begun",
    "statement": "in a transaction, before one of its statements",
    "before_commit": "all was done, and the transaction is open",
    "after_commit": "it is committed, and nobody knows yet",
    "before_answer": "the answer is made, and nothing of it is sent",
    "mid_answer": "the head of the answer is sent, its body is not",
    "after_claim": "the engine has a due job in hand",
    "after_send": "a webhook or mail has left, and that is not noted",
}
#: Where it can die before it serves.
MIGRATION = "in_migration"
_DEAD = 86


def install(place: str) -> None:
    """Lead every named place through :func:`_pass`."""
    order = Path(place)
    from alembic.ddl.impl import DefaultImpl

    from axme.gateway.actions import jobs
    from axme.gateway.delivery.outbox import Outbox
    from axme.gateway.routes import answers, layer
    from axme.gateway.store.store import Store
    from axme.gateway.store.tx import Tx

    def through(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def passing(*arguments: Any, **options: Any) -> Any:
            _pass(order, name)
            return method(*arguments, **options)

        return passing

    Store.write = through("before_begin", Store.write)  # type: ignore[method-assign]
    Tx.run = through("statement", Tx.run)  # type: ignore[method-assign]
    Store._publish = through("after_commit", Store._publish)  # type: ignore[method-assign]
    layer.send_json = through("before_answer", layer.send_json)
    jobs._do = through("after_claim", jobs._do)
    Outbox._settle = through("after_send", Outbox._settle)  # type: ignore[method-assign]
    DefaultImpl._exec = through(MIGRATION, DefaultImpl._exec)  # type: ignore[method-assign]
    once = layer.once

    def at_the_end(*arguments: Any, **options: Any) -> Any:
        answer = once(*arguments, **options)
        _pass(order, "before_commit")
        return answer

    layer.once = at_the_end
    send_json = answers.send_json

    async def in_two(send: Any, *arguments: Any) -> None:
        async def watched(message: Any) -> None:
            if message["type"] == "http.response.body":
                _pass(order, "mid_answer")
            await send(message)

        await send_json(watched, *arguments)

    layer.send_json = through("before_answer", in_two)


def _pass(order: Path, name: str) -> None:
    try:
        wanted, left = order.read_text().split()
    except (FileNotFoundError, ValueError):
        return
    if wanted != name:
        return
    if int(left) > 1:
        order.write_text(f"{wanted} {int(left) - 1}")
        return
    order.unlink()
    os._exit(_DEAD)
