"""Taking a scenario from step to step; each step ends in one transaction and the next begins in another."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from axme.contract import human_tasks
from axme.contract.clock import to_text
from axme.contract.statuses import EventType, IntentStatus, WaitingReason
from axme.gateway.actions.intents.change import store_change
from axme.gateway.actions.intents.create import create
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import timers
from axme.gateway.lifecycle.ending import end
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.lifecycle.transitions import SYSTEM, enter, human_holder, note
from axme.gateway.policy.scenarios import AGENT, Step, following
from axme.gateway.store.columns import from_json, to_json
from axme.gateway.store.queries import intents, jobs, scenarios
from axme.gateway.store.tx import Row, Tx

_REMINDERS = ("remind_after_seconds", "remind_interval_seconds", "max_reminders", "escalate_to")
_OF_A_SENDER = (
    "key_id", "service_account_id", "address", "org_id", "org_slug", "workspace_id", "workspace_slug",
)  # fmt: skip


def sender_of(who: Identity) -> dict[str, str]:
    """What is kept of who applied a scenario."""
    return {name: value for name, value in asdict(who).items() if name in _OF_A_SENDER}


def begin(tx: Tx, run: Row, parent: IntentRecord, step: Step) -> None:
    """Begin a step: send it to its agent, or put it before a person."""
    run |= {"step_id": step["step_id"], "step_intent_id": None}
    if step["kind"] == AGENT:
        _send(tx, run, parent, step)
    else:
        _ask(tx, parent, step)


def advance(tx: Tx, intent_id: str) -> None:
    """See whether the step in hand has ended, and go on from there."""
    parent = intents.load_for_update(tx, intent_id)
    run = tx.one(scenarios.FIND, {"intent_id": intent_id})
    if parent is None or run is None:
        return
    child = intents.load_for_update(tx, run["step_intent_id"]) if run["step_intent_id"] else None
    if parent.is_terminal:
        if child is not None and not child.is_terminal:
            end(child, IntentStatus.CANCELED, at=tx.now, actor=SYSTEM, reason="the scenario has ended")
            store_change(tx, child)
        return
    if child is None and run["step_intent_id"] is None and parent.decided_at is None:
        _retry(tx, run, parent)
    elif child is not None and child.is_terminal:
        _step_ended(tx, run, parent, _outcome_of(child))
    elif child is None and parent.decided_at is not None:
        _step_ended(tx, run, parent, _decision_of(parent))


def _retry(tx: Tx, run: Row, parent: IntentRecord) -> None:
    step = _step(run)
    if step["kind"] == AGENT:
        begin(tx, run, parent, step)
        _store(tx, run, parent)


def _outcome_of(child: IntentRecord) -> dict[str, Any]:
    if child.status is IntentStatus.COMPLETED:
        return {"ending": IntentStatus.COMPLETED, "result": child.result}
    late = child.status is IntentStatus.TIMED_OUT
    reason = "step_timeout" if late else child.reason or "step_failed"
    return {"ending": IntentStatus.FAILED, "reason": reason, "error": child.error}


def _decision_of(parent: IntentRecord) -> dict[str, Any]:
    outcome = parent.decision or ""
    ending = human_tasks.ending(outcome)
    told = {"ending": ending, "result": (parent.result or {}) | {"decided_by": parent.decided_by}}
    return told if ending is IntentStatus.COMPLETED else told | {"reason": f"rejected: {outcome}"}


def _step_ended(tx: Tx, run: Row, parent: IntentRecord, outcome: dict[str, Any]) -> None:
    steps, step = from_json(run["steps"]), _step(run)
    ending: IntentStatus = outcome["ending"]
    succeeded = ending is IntentStatus.COMPLETED
    retry = step.get("retry") or {}
    if not succeeded and step["kind"] == AGENT and run["attempt"] < retry.get("max_retries", 0):
        run |= {"attempt": run["attempt"] + 1, "step_intent_id": None}
        jobs.add_about(tx, scenarios.KIND, parent.intent_id, tx.now + retry.get("retry_delay_seconds", 30) * SECOND)
        _store(tx, run, parent)
        return
    results = from_json(run["results"]) | {step["step_id"]: _told(outcome)}
    run |= {"attempt": 0, "results": to_json(results)}
    parent.decided_at = parent.decided_by = parent.decision = parent.result = parent.human_task = None
    if parent.status is not IntentStatus.IN_PROGRESS:
        enter(parent, IntentStatus.IN_PROGRESS, at=tx.now, actor=SYSTEM, details={"step_id": step["step_id"]})
    after = following(steps, step["step_id"], succeeded=succeeded)
    try:
        if after is not None:
            begin(tx, run, parent, after)
        elif succeeded:
            end(parent, IntentStatus.COMPLETED, at=tx.now, actor=SYSTEM, result={"steps": results})
        else:
            _fail(tx, parent, ending, step, outcome)
    except GatewayError as error:
        # Its agent was killed, or takes no intents from the sender any more: no step is left hanging.
        _fail(tx, parent, IntentStatus.FAILED, after or step, {"reason": error.message})
    _store(tx, run, parent)


def _fail(tx: Tx, parent: IntentRecord, ending: IntentStatus, step: Step, outcome: dict[str, Any]) -> None:
    error = {"step_id": step["step_id"], "code": "step_failed", "message": outcome.get("reason")}
    if outcome.get("error") is not None:
        error["details"] = outcome["error"]
    failed = ending is IntentStatus.FAILED
    end(parent, ending, at=tx.now, actor=SYSTEM, error=error if failed else None, reason=outcome.get("reason"))


def _told(outcome: dict[str, Any]) -> dict[str, Any]:
    told = {name: outcome[name] for name in ("result", "reason", "error") if outcome.get(name) is not None}
    return {"status": outcome["ending"].value} | told


def _send(tx: Tx, run: Row, parent: IntentRecord, step: Step) -> None:
    who = Identity(**from_json(run["sender"]))
    body: dict[str, Any] = {
        "intent_type": parent.intent_type,
        "to_agent": step["to_agent"],
        "correlation_id": parent.correlation_id,
        "payload": {
            "parent_payload": parent.payload,
            "parent_intent_id": parent.intent_id,
            "scenario_id": parent.scenario_id,
            "step_id": step["step_id"],
            "input": step.get("input") or {},
            "results": from_json(run["results"]),
        },
    }
    made = create(tx, who, body, step_of=(parent, step["step_id"], step.get("step_deadline_seconds")))
    run["step_intent_id"] = made["intent_id"]
    holder = {"type": "agent", "ref": step["to_agent"], "name": step["to_agent"]}
    enter(
        parent,
        IntentStatus.WAITING,
        at=tx.now,
        actor=SYSTEM,
        waiting_reason=WaitingReason.AGENT,
        pending_with=holder,
        details={"step_id": step["step_id"], "step_intent_id": made["intent_id"]},
    )


def _ask(tx: Tx, parent: IntentRecord, step: Step) -> None:
    task: dict[str, Any] = dict(step.get("human_task") or {})
    if step["assignee"] and not task.get("assignees"):
        task["assignees"] = [step["assignee"]]
    task["title"] = task.get("title") or human_tasks.default_title(task, parent.intent_type)
    task["task_type"] = human_tasks.task_type(task).name
    parent.human_task = task
    parent.remind_count = 0
    for name in _REMINDERS:
        setattr(parent, name, step.get(name))
    enter(
        parent,
        IntentStatus.WAITING,
        at=tx.now,
        actor=SYSTEM,
        waiting_reason=WaitingReason.HUMAN,
        pending_with=human_holder(parent),
        details={"step_id": step["step_id"]},
    )
    note(parent, EventType.HUMAN_TASK_ASSIGNED, at=tx.now, actor=SYSTEM, human_task=task)
    if parent.remind_after_seconds:
        due_at = tx.now + parent.remind_after_seconds * SECOND
        jobs.add_timers(tx, parent.intent_id, [timers.Timer(timers.TimerKind.REMINDER, due_at, {})])


def _step(run: Row) -> Step:
    found: Step = next(step for step in from_json(run["steps"]) if step["step_id"] == run["step_id"])
    return found


def _store(tx: Tx, run: Row, parent: IntentRecord) -> None:
    changed = {f"new_{name}": run[name] for name in ("step_id", "attempt", "step_intent_id", "results")}
    tx.run(scenarios.UPDATE, {"id": parent.intent_id} | changed)
    if parent.new_events:
        store_change(tx, parent)


def deadline_of(parent: IntentRecord) -> str | None:
    """When the scenario must have ended."""
    return None if parent.deadline_at is None else to_text(parent.deadline_at)
