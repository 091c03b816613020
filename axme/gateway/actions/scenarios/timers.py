"""What the timers of a step do when they go off."""

from __future__ import annotations

from typing import Any

from axme.contract.statuses import EventType, IntentStatus
from axme.gateway.actions import threads
from axme.gateway.actions.scenarios.begin import arm, send, withdraw
from axme.gateway.actions.scenarios.run import LATE, PASSED, Outcome, outcome_of, step_ended, store
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.scenarios import ScenarioRun, Step, told
from axme.gateway.lifecycle.timers import Timer
from axme.gateway.lifecycle.transitions import SYSTEM, note
from axme.gateway.policy.scenarios import following
from axme.gateway.store.queries import intents, scenarios
from axme.gateway.store.tx import Tx


def fire(tx: Tx, parent: IntentRecord, timer: Timer) -> bool:
    """Do what a timer is for, if its step is still in hand.

    Returns:
        ``False`` where somebody is changing the step this very moment: look again.
    """
    run = scenarios.load(tx, parent.intent_id)
    if run is None or parent.is_terminal:
        return True
    asked = timer.details
    if asked["act"] == "limit":
        return _limit(tx, run, parent, asked)
    if asked["number"] != run.begun:
        return True
    match asked["act"]:
        case "wake":
            step_ended(tx, run, parent, PASSED)
        case "expire" if parent.decided_at is None:
            step_ended(tx, run, parent, LATE)
        case "retry" if run.step_intent_id is None and asked["attempt"] == run.attempt:
            _again(tx, run, parent)
        case "remind":
            _remind(tx, run, parent, asked)
        case "escalate":
            _escalate(tx, run, parent, asked)
    store(tx, run, parent)
    return True


def _limit(tx: Tx, run: ScenarioRun, parent: IntentRecord, asked: dict[str, Any]) -> bool:
    """The time for a stretch of steps is up."""
    limit = run.progress.get("limit")
    if not limit or limit["number"] != asked["number"]:
        return True
    child = intents.load_if_free(tx, run.step_intent_id) if run.step_intent_id else None
    if run.step_intent_id and child is None:
        return False
    outcome = outcome_of(run, parent, child)
    if outcome is not None:
        # Done in time, and not yet looked at: the next step, if any, is the one that is late.
        step_ended(tx, run, parent, outcome)
        store(tx, run, parent)
        return parent.is_terminal or _limit(tx, run, parent, asked)
    del run.progress["limit"]
    withdraw(tx, run, parent, child, "step_timeout")
    step_ended(tx, run, parent, LATE, otherwise=_way_out(run, limit["step_id"]))
    store(tx, run, parent)
    return True


def _way_out(run: ScenarioRun, timeout_step: str) -> Step | None:
    return following(run.steps, timeout_step, succeeded=False)


def _again(tx: Tx, run: ScenarioRun, parent: IntentRecord) -> None:
    try:
        send(tx, run, parent)
    except GatewayError as error:
        step_ended(tx, run, parent, Outcome(IntentStatus.FAILED, "failed", reason=error.message))


def _remind(tx: Tx, run: ScenarioRun, parent: IntentRecord, asked: dict[str, Any]) -> None:
    by = next(step for step in run.steps if step["step_id"] == asked["by"])
    parent.remind_count += 1
    details = told(run, "running", note=by.get("message"), remind_count=parent.remind_count, by=asked["by"])
    note(parent, EventType.REMINDER, at=tx.now, actor=SYSTEM, details=details)
    left = asked["left"] and asked["left"] - 1
    if left != 0:
        arm(tx, run, by["interval_seconds"], asked | {"left": left})


def _escalate(tx: Tx, run: ScenarioRun, parent: IntentRecord, asked: dict[str, Any]) -> None:
    if not parent.waits_for_human:
        return
    to = asked["to"]
    parent.pending_with = {"type": "human", "ref": to, "name": to}
    parent.escalate_to = to
    task = parent.human_task or {}
    if task.get("assignees") and to not in task["assignees"]:
        parent.human_task = task | {"assignees": [*task["assignees"], to]}
    run.known(run.step_id)["assigned_to"] = to
    details = told(run, "running", escalated_to=to, by=asked["by"])
    note(parent, EventType.ESCALATED, at=tx.now, actor=SYSTEM, details=details)
    threads.escalate_request(tx, parent)
