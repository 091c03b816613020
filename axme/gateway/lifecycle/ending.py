"""How an intent is brought to its end from outside (contract 2.5 and 3.2)."""

from __future__ import annotations

from typing import Any

from axme.contract.codes import INVALID_TRANSITION, VALIDATION_ERROR
from axme.contract.statuses import IntentStatus
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.human import paused_error
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.transitions import enter, require_open

CANCEL_REASON = "canceled by the caller"
#: What each ending must tell; a missing reason of a cancellation has a default.
_REQUIRED = {IntentStatus.COMPLETED: "result", IntentStatus.FAILED: "error"}


def check_resolution(body: dict[str, Any]) -> None:
    """Refuse a resolve that does not say how the intent ended.

    Raises:
        GatewayError: 422.
    """
    status: IntentStatus = body["status"]
    if status not in {IntentStatus.COMPLETED, IntentStatus.FAILED, IntentStatus.CANCELED}:
        raise GatewayError(
            VALIDATION_ERROR,
            f"status: {status} cannot be set from outside; use COMPLETED, FAILED or CANCELED",
            details={"field": "status"},
        )
    required = _REQUIRED.get(status)
    if required is not None and required not in body:
        raise GatewayError(
            VALIDATION_ERROR, f"{required}: is required to resolve as {status}", details={"field": required}
        )


def end(
    intent: IntentRecord,
    status: IntentStatus,
    *,
    at: int,
    actor: str,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """End ``intent``; a paused one can only be canceled, and what waits for a person is completed by a decision alone.

    Raises:
        GatewayError: 409 ``intent_terminal``, ``intent_paused`` or ``invalid_transition``.
    """
    require_open(intent)
    if intent.paused and status is not IntentStatus.CANCELED:
        raise paused_error(intent)
    if intent.waits_for_human and status is IntentStatus.COMPLETED:
        raise _undecided(intent)
    if status is IntentStatus.CANCELED:
        reason = reason or CANCEL_REASON
    intent.result, intent.error, intent.reason = result, error, reason
    told = {"result": result, "error": error, "reason": reason}
    enter(
        intent, status, at=at, actor=actor, details={name: value for name, value in told.items() if value is not None}
    )


def _undecided(intent: IntentRecord) -> GatewayError:
    return GatewayError(
        INVALID_TRANSITION,
        f"intent {intent.intent_id} waits for a person's decision: answer it (resume with a task_result), or cancel it",
        details={"intent_id": intent.intent_id, "status": intent.status.value, "wanted": IntentStatus.COMPLETED.value},
    )
