"""What a resume body means (contract 2.11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Keys that steer a resume and are never part of a result.
CONTROL_KEYS = frozenset(
    {
        "approve_current_step",
        "actor",
        "reason",
        "expected_policy_generation",
        "policy_generation",
        "internal_scheduler",
    }
)
_FAILING = frozenset({"fail", "failed", "error", "reject"})


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's answer to a human task."""

    task_result: Any


@dataclass(frozen=True, slots=True)
class Result:
    """What an agent brought back."""

    failed: bool
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wake:
    """Go on, without a result."""


def read(body: dict[str, Any], *, waits_for_human: bool) -> Decision | Result | Wake:
    """Which of the four kinds ``body`` is. While a person is waited for, every result is read as a decision."""
    rest = {name: value for name, value in body.items() if name not in CONTROL_KEYS}
    if "task_result" in rest:
        return Decision(rest["task_result"])
    if rest:
        if waits_for_human:
            return Decision(rest)
        return Result(str(rest.get("action", "")).lower() in _FAILING, rest)
    approves = body.get("approve_current_step")
    if waits_for_human and isinstance(approves, bool):
        comment = {"comment": body["reason"]} if body.get("reason") else {}
        return Decision({"outcome": "approved" if approves else "rejected"} | comment)
    return Wake()
