"""A person's decision, by whichever way it came: resume, inbox, approval or page. The first one wins."""

from __future__ import annotations

from typing import Any

from axme.contract.codes import VALIDATION_ERROR
from axme.gateway.actions import people
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import human
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.policy import roles
from axme.gateway.store.tx import Tx

_GIVEN = ("comment", "data")
_OTHER_WAYS = (
    " (approve and reject say yes or no, with comment and data; everything else goes by resume with a task_result, or"
    " by the page of the task)"
)


def decide(tx: Tx, who: Identity, intent: IntentRecord, answer: Any, *, actor: str) -> dict[str, Any]:
    """Decide the task of ``intent``, which the caller has locked and stores afterwards.

    Returns:
        What the audit trail is told.

    Raises:
        GatewayError: 403, 409 naming who decided before, 422: see :func:`axme.gateway.lifecycle.human.decide`.
    """
    # A key that administers its workspace speaks for the people in it; any other for its own account alone.
    person = who.actor_id or (None if who.roles & roles.TASK_ADMIN else who.address)
    human.decide(intent, answer, at=tx.now, actor=actor, person=person, known_as=people.names_of(tx, who))
    return intent.result or {}


def say(
    tx: Tx, who: Identity, intent: IntentRecord, outcome: str, body: dict[str, Any], *, actor: str
) -> dict[str, Any]:
    """Decide with a plain yes or no; a task that asks for more than that is refused with the ways that take it.

    Args:
        outcome: ``approved`` or ``rejected``.
        body: what came with it: ``comment`` and ``data``.
    """
    given = {name: body[name] for name in _GIVEN if body.get(name) is not None}
    try:
        return decide(tx, who, intent, {"outcome": outcome} | given, actor=actor)
    except GatewayError as error:
        if error.code is not VALIDATION_ERROR:
            raise
        field = str((error.details or {}).get("field", "")).removeprefix("task_result.")
        message = error.message.removeprefix("task_result.") + _OTHER_WAYS
        raise GatewayError(VALIDATION_ERROR, message, details={"field": field}) from None
