"""The kinds of human task, what each may answer, and what an answer means (contract 3.3)."""

from __future__ import annotations

import re
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
#: What people say to any task.
YES, NO = "approved", "rejected"
#: A task may bring outcomes of its own, so a refusal is known by its words: ``rejected``, ``decline_for_now``, ``no``.
_REFUSING = frozenset(
    {
        "abort", "aborted", "cancel", "canceled", "cancelled", "decline", "declined", "deny", "denied", "disapprove",
        "disapproved", "refuse", "refused", "reject", "rejected", "unapproved", "veto", "vetoed",
    }
)  # fmt: skip
_FAILING = frozenset({"fail", "failed", "failure"})
_NO = frozenset({"no", "nope", "no go", "nogo", "stop"})
_NOT = frozenset({"not", "dont", "never"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def task_type(task: Mapping[str, Any]) -> TaskType:
    """The rules that hold for ``task``; an absent type is an approval."""
    return TASK_TYPES[task.get("task_type") or DEFAULT_TYPE]


def default_title(task: Mapping[str, Any], intent_type: str) -> str:
    """A title for a task that was given none."""
    return f"{task_type(task).name.replace('_', ' ').capitalize()}: {intent_type}"


def allowed_outcomes(task: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes of ``task``: its own list, else its type's; empty means any."""
    return tuple(task.get("allowed_outcomes") or ()) or task_type(task).outcomes


def offered_outcomes(task: Mapping[str, Any]) -> tuple[str, ...]:
    """What people are offered to answer: what is allowed, and a no where the list is only implied and has none."""
    allowed = allowed_outcomes(task)
    if task.get("allowed_outcomes") or any(is_negative(outcome) for outcome in allowed):
        return allowed
    return (*allowed, NO) if allowed else ()


def read_outcome(task: Mapping[str, Any], outcome: str) -> str | None:
    """The outcome meant by ``outcome``, or ``None`` when the task does not allow it.

    Where the list is only implied by the type, ``approved`` and ``rejected`` stand for its first and last entry,
    because the command line tells people to approve or reject any task. A list without a no still lets people refuse.
    """
    allowed = allowed_outcomes(task)
    if not allowed or outcome in allowed:
        return outcome
    if task.get("allowed_outcomes") or outcome not in (YES, NO):
        return None
    if outcome == YES:
        return allowed[0]
    return allowed[-1] if is_negative(allowed[-1]) else NO


def is_negative(outcome: str) -> bool:
    """Whether ``outcome`` refuses what was asked."""
    return ending(outcome) is not IntentStatus.COMPLETED


def ending(outcome: str) -> IntentStatus:
    """The terminal status of a stand-alone task: a refused one never ends COMPLETED, because programs deploy on it."""
    words = [word.lower() for word in _WORD.findall(outcome.replace("'", ""))]
    if _REFUSING & set(words) or _NOT & set(words) or " ".join(words) in _NO:
        return IntentStatus.CANCELED
    return IntentStatus.FAILED if _FAILING & set(words) else IntentStatus.COMPLETED
