"""The kinds of human task, what each may answer, and what an answer means (contract 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from axme.contract.statuses import IntentStatus


class TaskType(NamedTuple):
    """The rules of one kind of task."""

    name: str
    outcomes: tuple[str, ...] = ()
    needs_comment: bool = False
    needs_evidence: bool = False


_ROWS = (
    TaskType("approval", ("approved", "rejected")),
    TaskType("confirmation", ("confirmed", "denied")),
    TaskType("review", ("approved", "changes_requested", "rejected")),
    TaskType("assignment", ("assigned", "declined")),
    TaskType("form", ("submitted",)),
    TaskType("clarification", ("provided", "declined"), needs_comment=True),
    TaskType("manual_action", ("completed", "failed"), needs_evidence=True),
    TaskType("override", ("override_approved", "rejected"), needs_comment=True),
    *(
        TaskType(name)
        for name in (
            "provide_data", "attach_file", "validate_real_world", "validate_output", "delegation", "reroute",
            "escalate",
        )
    ),
)  # fmt: skip
TASK_TYPES: dict[str, TaskType] = {row.name: row for row in _ROWS}
DEFAULT_TYPE = "approval"
_NEGATIVE = frozenset({"rejected", "denied", "declined"})


def task_type(task: Mapping[str, Any]) -> TaskType:
    """The rules that hold for ``task``; an absent type is an approval."""
    return TASK_TYPES[task.get("task_type") or DEFAULT_TYPE]


def default_title(task: Mapping[str, Any], intent_type: str) -> str:
    """A title for a task that was given none."""
    return f"{task_type(task).name.replace('_', ' ').capitalize()}: {intent_type}"


def allowed_outcomes(task: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes of ``task``: its own list, else its type's; empty means any."""
    return tuple(task.get("allowed_outcomes") or ()) or task_type(task).outcomes


def read_outcome(task: Mapping[str, Any], outcome: str) -> str | None:
    """The outcome meant by ``outcome``, or ``None`` when the task does not allow it.

    Where the list is only implied by the type, ``approved`` and ``rejected`` stand for its first and last entry,
    because the command line tells people to approve or reject any task.
    """
    allowed = allowed_outcomes(task)
    if not allowed or outcome in allowed:
        return outcome
    if not task.get("allowed_outcomes"):
        return {"approved": allowed[0], "rejected": allowed[-1]}.get(outcome)
    return None


def is_negative(task: Mapping[str, Any], outcome: str) -> bool:
    """Whether ``outcome`` refuses what was asked."""
    return outcome in _NEGATIVE or ending(task, outcome) is not IntentStatus.COMPLETED


def ending(task: Mapping[str, Any], outcome: str) -> IntentStatus:
    """The terminal status of a stand-alone task: a refused one never ends COMPLETED, because programs deploy on it."""
    if outcome in _NEGATIVE:
        return IntentStatus.CANCELED
    if outcome == "failed" and task_type(task).needs_evidence:
        return IntentStatus.FAILED
    return IntentStatus.COMPLETED
