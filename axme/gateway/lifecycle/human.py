"""A person's decision on a human task (contract 3.3): checked completely before anything changes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from axme.contract import human_tasks
from axme.contract.codes import ALREADY_DECIDED, INTENT_PAUSED, INVALID_TRANSITION, NOT_ASSIGNEE, VALIDATION_ERROR
from axme.contract.statuses import IntentStatus
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import forms, suspending
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.transitions import enter, require_open

#: What is not a field of the form.
_RESULT_KEYS = frozenset({"outcome", "comment", "data", "evidence"})
_FAILED = "failed"


def decide(
    intent: IntentRecord,
    answer: Any,
    *,
    at: int,
    actor: str,
    person: str | None,
    known_as: Collection[str] = (),
) -> None:
    """Apply the decision ``answer`` (a ``task_result``) and end the intent as D-3 says.

    Args:
        intent: the intent, waiting for a human.
        answer: ``{"outcome": …, "comment"?: …, "data"?: {…}, …}``.
        at: now, in microseconds.
        actor: who is named in the events.
        person: who decides, where that is known; must then be one of those who are asked, if it is not everybody.
        known_as: what else the person is called: nicks, roles, member ids.

    Raises:
        GatewayError: 409 ``already_decided``, ``intent_terminal``, ``intent_paused`` or ``invalid_transition``;
            403 ``not_an_assignee``; 422 naming the part of the answer that is missing or wrong.
    """
    _require_waiting(intent)
    task = intent.human_task or {}
    _require_assignee(intent, person, known_as)
    result = _checked(task, answer)
    outcome: str = result["outcome"]
    intent.decided_by, intent.decided_at, intent.decision = person or actor, at, outcome
    if intent.suspended is not None:
        # Its worker asked, and is told the answer, whichever it is.
        told = {"by": "human"} | result | intent.decided
        suspending.go_on(intent, told, at=at, actor=actor, details={"task_result": result} | intent.decided)
        return
    intent.result = {"task_result": result} | intent.decided
    if intent.leads_scenario:
        # What follows from it is the matter of the scenario.
        enter(intent, IntentStatus.IN_PROGRESS, at=at, actor=actor, details=intent.result)
        return
    ending = human_tasks.ending(outcome)
    if ending is not IntentStatus.COMPLETED:
        said = _comment(result) or outcome
        intent.reason = f"rejected: {said}" if ending is IntentStatus.CANCELED else f"failed: {said}"
    if ending is IntentStatus.FAILED:
        intent.error = {"code": "task_failed", "message": intent.reason} | intent.result
    enter(intent, IntentStatus.IN_PROGRESS, at=at, actor=actor, details=intent.result)
    enter(intent, ending, at=at, actor=actor, details=intent.result | _reason(intent))


def asks(task: dict[str, Any], holder: dict[str, Any] | None, names: Collection[str]) -> bool:
    """Whether a task is for somebody with one of these names: it names nobody, or one of them, or was handed to one."""
    assignees = task.get("assignees")
    if not assignees:
        return True
    asked = {*assignees, task.get("notify_email") or "", (holder or {}).get("ref") or ""}
    return not {name.casefold() for name in asked}.isdisjoint(name.casefold() for name in names if name)


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
        raise decided_error(intent)
    require_open(intent)
    if intent.paused:
        raise paused_error(intent)
    if not intent.waits_for_human:
        raise GatewayError(
            INVALID_TRANSITION,
            f"intent {intent.intent_id} is {intent.status} and waits for nobody's decision",
            details={"intent_id": intent.intent_id, "status": intent.status.value},
        )


def decided_error(intent: IntentRecord) -> GatewayError:
    """The refusal of a second decision: it says who has decided what, and when."""
    told = intent.decided
    return GatewayError(
        ALREADY_DECIDED,
        f"{intent.decided_by} has decided this task ({intent.decision}) at {told['decided_at']}",
        details={"intent_id": intent.intent_id, "status": intent.status.value} | told,
    )


def paused_error(intent: IntentRecord) -> GatewayError:
    """The refusal of work on a paused intent."""
    return GatewayError(
        INTENT_PAUSED,
        f"intent {intent.intent_id} is paused: set controls.paused to false first",
        details={"intent_id": intent.intent_id, "status": intent.status.value},
    )


def _require_assignee(intent: IntentRecord, person: str | None, known_as: Collection[str]) -> None:
    task = intent.human_task or {}
    if person is not None and not asks(task, intent.pending_with, {person, *known_as}):
        assignees = task["assignees"]
        raise GatewayError(
            NOT_ASSIGNEE,
            f"{person} is not among the assignees of this task: it is for {', '.join(assignees)}",
            details={"assignees": assignees},
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
        _require_comment(answer)
    if (task.get("evidence_required") or kind.needs_evidence) and outcome != _FAILED:
        _require_evidence(answer, data or {})
    # Who declines to fill in a form is not asked to fill it in.
    if task.get("form_schema") is not None and not human_tasks.is_negative(outcome):
        _require_form(task["form_schema"], answer, data or {})
    return answer | {"outcome": outcome}


def _comment(answer: dict[str, Any]) -> str | None:
    """What was said with the answer; programs put it beside the data or into it."""
    places = (answer.get("comment"), (answer.get("data") or {}).get("comment"))
    return next((text for text in places if isinstance(text, str) and text.strip()), None)


def _require_comment(answer: dict[str, Any]) -> None:
    if _comment(answer) is None:
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
