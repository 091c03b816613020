"""A scenario under way: which step is in hand, what has come of the others, and what is armed for the next. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from axme.contract.clock import to_text

AGENT, HUMAN, DELAY, TIMEOUT, REMINDER, ESCALATION, NOTIFICATION = (
    "agent", "human", "delay", "timeout", "reminder", "escalation", "notification",
)  # fmt: skip
#: What a scenario stops at until something happens; it passes through every other kind.
WAITING = frozenset({AGENT, HUMAN, DELAY})
#: Steps may lead back to earlier ones, but not for ever.
MAX_STEPS_BEGUN = 1000

Step = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class ScenarioRun:
    """Where a scenario stands. ``steps`` are as :func:`axme.gateway.policy.scenarios.compiled` makes them."""

    intent_id: str
    #: Who applied it, and sends its steps.
    sender: dict[str, Any]
    steps: list[Step]
    step_id: str
    #: How often the step in hand has been begun anew.
    attempt: int = 0
    step_intent_id: str | None = None
    results: dict[str, Any] = field(default_factory=dict)
    #: ``begun``: the number of the step in hand; ``steps``: what is known of each; ``armed``: reminders and
    #: escalations for the next step that somebody holds; ``limit``: the time limit that runs.
    progress: dict[str, Any] = field(default_factory=dict)

    @property
    def step(self) -> Step:
        """The step in hand."""
        return next(step for step in self.steps if step["step_id"] == self.step_id)

    @property
    def begun(self) -> int:
        """How many steps have begun: the number of the one in hand."""
        return int(self.progress.get("begun", 0))

    def known(self, step_id: str) -> dict[str, Any]:
        """What is known of a step; to be changed in place."""
        known: dict[str, Any] = self.progress.setdefault("steps", {}).setdefault(step_id, {})
        return known


def start(run: ScenarioRun, step: Step, *, at: int) -> None:
    """Take a step in hand."""
    run.step_id, run.attempt, run.step_intent_id = step["step_id"], 0, None
    run.progress["begun"] = run.begun + 1
    known = run.known(step["step_id"])
    times = known.get("times", 0) + 1
    known.clear()
    known |= {"status": "running", "started_at": to_text(at), "times": times}
    limit = run.progress.get("limit")
    if limit and limit.get("until") == step["step_id"]:
        del run.progress["limit"]


def finish(run: ScenarioRun, status: str, *, at: int, **more: Any) -> None:
    """Write down how the step in hand has ended."""
    known = run.known(run.step_id)
    # Why an earlier try failed is no reason any more.
    known.pop("reason", None)
    known |= {"status": status, "ended_at": to_text(at)}
    known |= {name: value for name, value in more.items() if value is not None}


def told(run: ScenarioRun, status: str, **more: Any) -> dict[str, Any]:
    """The ``details`` of an event about the step in hand."""
    index = next(at for at, step in enumerate(run.steps, 1) if step["step_id"] == run.step_id)
    details = {
        "step_id": run.step_id,
        "step_type": run.step["kind"],
        "step_index": index,
        "steps_total": len(run.steps),
        "step_status": status,
    }
    if run.attempt:
        details["attempt"] = run.attempt + 1
    return details | {name: value for name, value in more.items() if value is not None}


def table(run: ScenarioRun, *, ended: bool) -> list[dict[str, Any]]:
    """Every step with what is known of it, as the intent shows them; ``ended`` says whether the scenario has."""
    return [_row(run, index, step, ended=ended) for index, step in enumerate(run.steps, 1)]


def _row(run: ScenarioRun, index: int, step: Step, *, ended: bool) -> dict[str, Any]:
    known = run.progress.get("steps", {}).get(step["step_id"], {})
    status = known.get("status", "skipped" if ended else "pending")
    if ended and "ended_at" not in known and known:
        status = "canceled"
    row = {
        "step_id": step["step_id"],
        "step_index": index,
        "step_type": step["kind"],
        "status": status,
        "assigned_to": step.get("to_agent") or step.get("assignee") or step.get("to") or None,
    }
    return row | {name: value for name, value in known.items() if name != "status"}
