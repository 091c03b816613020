"""How a step of each kind begins, and what becomes of it when nobody waits for it any more."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from axme.contract import human_tasks
from axme.contract.clock import to_text
from axme.contract.statuses import EventType, IntentStatus, WaitingReason
from axme.gateway.actions import mailing, threads
from axme.gateway.actions.admission import admit_elsewhere, admit_escalation
from axme.gateway.actions.intents.change import store_change
from axme.gateway.actions.intents.create import create
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle.ending import end
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.scenarios import (
    REMINDER,
    ScenarioRun,
    told,
)
from axme.gateway.lifecycle.timers import SECOND, Timer, TimerKind, reminders
from axme.gateway.lifecycle.transitions import SYSTEM, enter, human_holder, note
from axme.gateway.store.queries import jobs
from axme.gateway.store.tx import Tx

_REMINDERS = ("remind_after_seconds", "remind_interval_seconds", "max_reminders", "escalate_to")
_OF_A_SENDER = (
    "key_id", "service_account_id", "address", "org_id", "org_slug", "workspace_id", "workspace_slug",
)  # fmt: skip
_CLOCK = {"type": "internal", "ref": "timer", "name": "timer"}


def sender_of(who: Identity) -> dict[str, Any]:
    """What is kept of who applied a scenario."""
    return {name: value for name, value in asdict(who).items() if name in _OF_A_SENDER}


def begin(tx: Tx, run: ScenarioRun, parent: IntentRecord) -> None:
    """Begin the step in hand, of whatever kind it is."""
    match run.step["kind"]:
        case "agent":
            send(tx, run, parent)
        case "human":
            _ask(tx, run, parent)
        case "delay":
            wait(tx, run, parent, run.step["seconds"], {"act": "wake"}, status="running")
        case "timeout":
            run.progress["limit"] = {"number": run.begun, "step_id": run.step_id, "until": run.step.get("until")}
            arm(tx, run, run.step["seconds"], {"act": "limit"})
        case "reminder" | "escalation":
            run.progress.setdefault("armed", []).append(run.step_id)
        case "notification":
            _notify(tx, run, parent)


def send(tx: Tx, run: ScenarioRun, parent: IntentRecord) -> None:
    """Send the step in hand to its agent, as an intent of its own."""
    step, who = run.step, Identity(**run.sender)
    body: dict[str, Any] = {
        "intent_type": parent.intent_type,
        "to_agent": step["to_agent"],
        "correlation_id": parent.correlation_id,
        "max_delivery_attempts": step.get("max_delivery_attempts"),
        "payload": {
            "parent_payload": parent.payload,
            "parent_intent_id": parent.intent_id,
            "scenario_id": parent.scenario_id,
            "step_id": run.step_id,
            "attempt": run.attempt + 1,
            "input": step.get("input") or {},
            "results": run.results,
        },
    }
    made = create(tx, who, body, step_of=(parent, run.step_id, step.get("step_deadline_seconds")))
    run.step_intent_id = made["intent_id"]
    run.known(run.step_id).update(status="running", attempts=run.attempt + 1, step_intent_id=made["intent_id"])
    run.known(run.step_id).pop("retry_at", None)
    holder = {"type": "agent", "ref": step["to_agent"], "name": step["to_agent"]}
    details = told(run, "running", step_intent_id=made["intent_id"])
    _enter_waiting(tx, parent, WaitingReason.AGENT, holder, details)
    if run.attempt == 0:
        _arm_for_holder(tx, run)


def wait(
    tx: Tx, run: ScenarioRun, parent: IntentRecord, seconds: int, timer: dict[str, Any], *, status: str, **more: Any
) -> None:
    """Let time pass before ``timer`` does what it does with the step in hand."""
    due_at = arm(tx, run, seconds, timer)
    details = told(run, status, next_wakeup_at=to_text(due_at), **more)
    _enter_waiting(tx, parent, WaitingReason.TIME, _CLOCK, details)


def arm(tx: Tx, run: ScenarioRun, seconds: int, details: dict[str, Any]) -> int:
    """Have a timer of the step in hand go off; it knows its step by number, and a later step by that too."""
    due_at = tx.now + seconds * SECOND
    jobs.add_timers(tx, run.intent_id, [Timer(TimerKind.STEP, due_at, {"number": run.begun} | details)])
    return due_at


def withdraw(tx: Tx, run: ScenarioRun, parent: IntentRecord, child: IntentRecord | None, why: str) -> None:
    """Take the step in hand back from whoever has it."""
    if child is not None and not child.is_terminal:
        end(child, IntentStatus.CANCELED, at=tx.now, actor=SYSTEM, reason=why)
        store_change(tx, child)
    clear(tx, parent)


def clear(tx: Tx, parent: IntentRecord) -> None:
    """Ask the person of the last step no more."""
    parent.decided_at = parent.decided_by = parent.decision = parent.result = parent.human_task = None
    parent.remind_count = 0
    for name in _REMINDERS:
        setattr(parent, name, None)
    tx.run(jobs.DELETE_KIND_OF_INTENT, {"intent_id": parent.intent_id, "kind": TimerKind.REMINDER})
    threads.close_steps(tx, parent)


def _ask(tx: Tx, run: ScenarioRun, parent: IntentRecord) -> None:
    step = run.step
    task: dict[str, Any] = dict(step.get("human_task") or {})
    if step["assignee"] and not task.get("assignees"):
        task["assignees"] = [step["assignee"]]
    task["title"] = task.get("title") or human_tasks.default_title(task, parent.intent_type)
    task["task_type"] = human_tasks.task_type(task).name
    parent.human_task = task
    for name in _REMINDERS:
        setattr(parent, name, step.get(name))
    owner = threads.holder_of_step(parent)
    who = Identity(**run.sender)
    admit_elsewhere(tx, who, owner, "assignees")
    admit_escalation(tx, who, parent.escalate_to)
    _enter_waiting(tx, parent, WaitingReason.HUMAN, human_holder(parent), told(run, "running"))
    note(parent, EventType.HUMAN_TASK_ASSIGNED, at=tx.now, actor=SYSTEM, details=told(run, "running"), human_task=task)
    threads.open_step(tx, parent, run.begun, owner, {"step_id": run.step_id, "title": task["title"]})
    jobs.add_timers(tx, parent.intent_id, reminders(parent, at=tx.now))
    if seconds := step.get("step_deadline_seconds"):
        arm(tx, run, seconds, {"act": "expire"})
    _arm_for_holder(tx, run)


def _notify(tx: Tx, run: ScenarioRun, parent: IntentRecord) -> None:
    step = run.step
    owner = step["to"] if step["to_is_agent"] else parent.from_agent
    admit_elsewhere(tx, Identity(**run.sender), owner, "assigned_to")
    message = step.get("message") or f"{parent.scenario_id} has come to {run.step_id}"
    details = {"step_id": run.step_id, "scenario_id": parent.scenario_id, "to": step["to"], "message": message}
    threads.notify(tx, parent, run.begun, owner, details)
    if not step["to_is_agent"]:
        mailing.notify(tx, parent, step["to"], message)


def _arm_for_holder(tx: Tx, run: ScenarioRun) -> None:
    """Arm the reminders and escalations that the steps before have asked for."""
    by_id = {step["step_id"]: step for step in run.steps}
    for asked in (by_id[step_id] for step_id in run.progress.pop("armed", ())):
        if asked["kind"] == REMINDER:
            left = {"left": asked["max_reminders"]}
            arm(tx, run, asked["seconds"], {"act": "remind", "by": asked["step_id"]} | left)
        else:
            for link in asked["chain"]:
                admit_escalation(tx, Identity(**run.sender), link["to"])
                arm(tx, run, link["after_seconds"], {"act": "escalate", "by": asked["step_id"], "to": link["to"]})


def _enter_waiting(
    tx: Tx, parent: IntentRecord, reason: WaitingReason, holder: dict[str, str], details: dict[str, Any]
) -> None:
    enter(
        parent,
        IntentStatus.WAITING,
        at=tx.now,
        actor=SYSTEM,
        waiting_reason=reason,
        pending_with=holder,
        details=details,
    )
