"""A person's decision on a human task (contract 3.3): checked completely before anything changes."""

from __future__ import annotations

from typing import Any

from axme.contract import human_tasks
from axme.contract.clock import to_text
from axme.contract.codes import ALREADY_DECIDED, INTENT_PAUSED, INVALID_TRANSITION, NOT_ASSIGNEE, VALIDATION_ERROR
from axme.contract.statuses import IntentStatus
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import forms
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.transitions import enter, require_open

#: What is not a field of the form.
_RESULT_KEYS = frozenset({"outcome", "comment", "data", "evidence"})
_FAILED = "failed"


def decide(intent: IntentRecord, answer: Any, *, at: int, actor: str, person: str | None) -> None:
    """Apply the decision ``answer`` (a ``task_result``) and end the intent as D-3 says.

    Args:
        intent: the intent, waiting for a human.
        answer: ``{"outcome": …, "comment"?: …, "data"?: {…}, …}``.
        at: now, in microseconds.
        actor: who is named in the events.
        person: who decides, where that is known; must then be one of the assignees, if there are any.

    Raises:
        GatewayError: 409 ``already_decided``, ``intent_terminal``, ``intent_paused`` or ``invalid_transition``;
            403 ``not_an_assignee``; 422 naming the part of the answer that is missing or wrong.
    """
    _require_waiting(intent)
    task = intent.human_task or {}
    _require_assignee(intent, task, person)
    result = _checked(task, answer)
    outcome: str = result["outcome"]
    intent.decided_by, intent.decided_at, intent.decision = person or actor, at, outcome
    intent.result = {"task_result": result, "outcome": outcome}
    if intent.leads_scenario:
        # What follows from it is the matter of the scenario.
        enter(intent, IntentStatus.IN_PROGRESS, at=at, actor=actor, details={"task_result": result})
        return
    ending = human_tasks.ending(task, outcome)
    if ending is not IntentStatus.COMPLETED:
        said = result.get("comment") or outcome
        intent.reason = f"rejected: {said}" if ending is IntentStatus.CANCELED else f"failed: {said}"
    if ending is IntentStatus.FAILED:
        intent.error = {"code": "task_failed", "message": intent.reason}
    enter(intent, IntentStatus.IN_PROGRESS, at=at, actor=actor, details={"task_result": result})
    enter(intent, ending, at=at, actor=actor, details={"outcome": outcome} | _reason(intent))


def check_form_schema(task: dict[str, Any]) -> None:
    """Refuse a task whose form could never be filled in, or takes too long to check.

    Raises:
        GatewayError: 422, ``form_schema`` is no JSON Schema or not a simple one.
    """
    schema = task.get("form_schema")
    if schema is None:
        return
    try:
        forms.check_schema(schema)
    except forms.FormError as error:
        raise _invalid("human_task.form_schema", str(error)) from None


def _require_waiting(intent: IntentRecord) -> None:
    if intent.decided_at is not None:
        when = to_text(intent.decided_at)
        raise GatewayError(
            ALREADY_DECIDED,
            f"{intent.decided_by} has decided this task ({intent.decision}) at {when}",
            details={
                "intent_id": intent.intent_id,
                "status": intent.status.value,
                "decided_by": intent.decided_by,
                "decided_at": when,
                "outcome": intent.decision,
            },
        )
    require_open(intent)
    if intent.paused:
        raise paused_error(intent)
    if not intent.waits_for_human:
        raise GatewayError(
            INVALID_TRANSITION,
            f"intent {intent.intent_id} is {intent.status} and waits for nobody's decision",
            details={"intent_id": intent.intent_id, "status": intent.status.value},
        )


def paused_error(intent: IntentRecord) -> GatewayError:
    """The refusal of work on a paused intent."""
    return GatewayError(
        INTENT_PAUSED,
        f"intent {intent.intent_id} is paused: set controls.paused to false first",
        details={"intent_id": intent.intent_id, "status": intent.status.value},
    )


def _require_assignee(intent: IntentRecord, task: dict[str, Any], person: str | None) -> None:
    assignees = task.get("assignees")
    # Whom it was escalated or delegated to may answer as well.
    holder = (intent.pending_with or {}).get("ref")
    if assignees and person is not None and person not in (*assignees, holder):
        raise GatewayError(
            NOT_ASSIGNEE, f"{person} is not among the assignees of this task", details={"assignees": assignees}
        )


def _checked(task: dict[str, Any], answer: Any) -> dict[str, Any]:
    """The answer with its outcome as the task spells it."""
    if not isinstance(answer, dict):
        raise _invalid("task_result", "must be an object with an outcome")
    data = answer.get("data")
    if data is not None and not isinstance(data, dict):
        raise _invalid("task_result.data", "must be an object")
    said = answer.get("outcome")
    if not isinstance(said, str) or not said.strip():
        raise _invalid("task_result.outcome", f"is required: one of {_allowed(task)}")
    outcome = human_tasks.read_outcome(task, said)
    if outcome is None:
        raise _invalid("task_result.outcome", f"{said!r} is not allowed: use one of {_allowed(task)}")
    kind = human_tasks.task_type(task)
    if task.get("required_comment") or kind.needs_comment:
        _require_comment(answer, data or {})
    if (task.get("evidence_required") or kind.needs_evidence) and outcome != _FAILED:
        _require_evidence(answer, data or {})
    if task.get("form_schema") is not None and not _refuses(task, outcome):
        _require_form(task["form_schema"], answer, data or {})
    return answer | {"outcome": outcome}


def _refuses(task: dict[str, Any], outcome: str) -> bool:
    # Who declines to fill in a form is not asked to fill it in.
    return human_tasks.is_negative(task, outcome)


def _require_comment(answer: dict[str, Any], data: dict[str, Any]) -> None:
    comments = (answer.get("comment"), data.get("comment"))
    if not any(isinstance(text, str) and text.strip() for text in comments):
        raise _invalid("task_result.comment", "is required for this task")


def _require_evidence(answer: dict[str, Any], data: dict[str, Any]) -> None:
    if not (answer.get("evidence") or data.get("evidence")):
        raise _invalid("task_result.data.evidence", "is required for this task")


def _require_form(schema: dict[str, Any], answer: dict[str, Any], data: dict[str, Any]) -> None:
    extras = {name: value for name, value in answer.items() if name not in _RESULT_KEYS}
    try:
        forms.check_answer(schema, (extras | data, data, answer))
    except forms.FormError as error:
        raise _invalid(".".join(["task_result.data", *map(str, error.path)]), str(error)) from None


def _allowed(task: dict[str, Any]) -> str:
    return ", ".join(human_tasks.allowed_outcomes(task)) or "any word"


def _invalid(where: str, message: str) -> GatewayError:
    return GatewayError(VALIDATION_ERROR, f"{where}: {message[:500]}", details={"field": where})


def _reason(intent: IntentRecord) -> dict[str, str]:
    return {} if intent.reason is None else {"reason": intent.reason}
