"""Taking a scenario from step to step: one step ends and the next begins in one transaction."""

from __future__ import annotations

from typing import Any, NamedTuple

from axme.contract import human_tasks
from axme.contract.statuses import EventType, IntentStatus
from axme.gateway.actions.intents.change import store_change
from axme.gateway.actions.scenarios.begin import begin, clear, wait, withdraw
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.ending import end
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.scenarios import (
    AGENT,
    DELAY,
    MAX_STEPS_BEGUN,
    WAITING,
    ScenarioRun,
    Step,
    finish,
    start,
    told,
)
from axme.gateway.lifecycle.transitions import SYSTEM, enter, note
from axme.gateway.policy.scenarios import following
from axme.gateway.store.queries import intents, scenarios
from axme.gateway.store.tx import Tx

STEP_TIMEOUT = "step_timeout"
_ENDED = "the scenario has ended"
#: A review that asks for changes approves nothing: what is built on the approval must not follow.
_NOT_YET = "changes_requested"


class Outcome(NamedTuple):
    """How a step has ended."""

    ending: IntentStatus
    #: What the table of steps says.
    word: str
    result: dict[str, Any] | None = None
    reason: str | None = None
    error: dict[str, Any] | None = None

    @property
    def succeeded(self) -> bool:
        """Whether what was to follow follows."""
        return self.ending is IntentStatus.COMPLETED

    @property
    def may_be_retried(self) -> bool:
        """Whether it is work that has failed, and whoever did it has not said that this is for good."""
        return self.word == "failed" and (self.error or {}).get("retryable") is not False

    def told(self) -> dict[str, Any]:
        """What later steps and the result of the scenario say of it."""
        told = {"result": self.result, "reason": self.reason, "error": self.error}
        return {"status": self.ending.value} | {name: value for name, value in told.items() if value is not None}


LATE = Outcome(IntentStatus.FAILED, "timed_out", reason=STEP_TIMEOUT)
PASSED = Outcome(IntentStatus.COMPLETED, "completed")


def advance(tx: Tx, intent_id: str) -> bool:
    """See whether the step in hand has ended, and go on from there.

    Returns:
        ``False`` where somebody is changing the intents in question this very moment: look again.
    """
    parent = intents.load_if_free(tx, intent_id)
    if parent is None:
        return False
    run = scenarios.load(tx, intent_id)
    if run is None or (parent.paused and not parent.is_terminal):
        # Whoever ends the pause has it looked at again.
        return True
    child = intents.load_if_free(tx, run.step_intent_id) if run.step_intent_id else None
    if run.step_intent_id and child is None:
        return False
    if parent.is_terminal:
        withdraw(tx, run, parent, child, _ENDED)
    elif (outcome := outcome_of(run, parent, child)) is not None:
        step_ended(tx, run, parent, outcome)
        store(tx, run, parent)
    return True


def proceed(tx: Tx, run: ScenarioRun, parent: IntentRecord, step: Step | None) -> None:
    """Begin ``step`` and, where it does not wait, those after it; at the end the scenario is complete."""
    while step is not None:
        if run.begun >= MAX_STEPS_BEGUN:
            reason = f"it has begun {MAX_STEPS_BEGUN} steps and led back again: let the steps come to an end"
            _fail(tx, run, parent, Outcome(IntentStatus.FAILED, "failed", reason=reason))
            return
        start(run, step, at=tx.now)
        begin(tx, run, parent)
        if step["kind"] in WAITING:
            return
        _conclude(tx, run, parent, PASSED)
        step = following(run.steps, run.step_id, succeeded=True)
    end(parent, IntentStatus.COMPLETED, at=tx.now, actor=SYSTEM, result={"steps": run.results})


def step_ended(
    tx: Tx, run: ScenarioRun, parent: IntentRecord, outcome: Outcome, *, otherwise: Step | None = None
) -> None:
    """Go on from the step in hand: anew, with the one after it or with ``otherwise``, or to the end."""
    retry = run.step.get("retry") or {}
    if outcome.may_be_retried and run.step["kind"] == AGENT and run.attempt < retry.get("max_retries", 0):
        _retry_later(tx, run, parent, outcome, retry.get("retry_delay_seconds", 30))
        return
    clear(tx, parent)
    if outcome.reason == STEP_TIMEOUT:
        note(parent, EventType.TIMEOUT, at=tx.now, actor=SYSTEM, details=told(run, "timed_out", reason=STEP_TIMEOUT))
    _conclude(tx, run, parent, outcome)
    after = otherwise or following(run.steps, run.step_id, succeeded=outcome.succeeded)
    while after is not None or outcome.succeeded:
        try:
            proceed(tx, run, parent, after)
        except GatewayError as error:
            # Its agent was killed, or takes no intents from the sender any more: the step has failed.
            outcome = Outcome(IntentStatus.FAILED, "failed", reason=error.message)
            clear(tx, parent)
            _conclude(tx, run, parent, outcome)
            after = following(run.steps, run.step_id, succeeded=False)
        else:
            return
    _fail(tx, run, parent, outcome)


def outcome_of(run: ScenarioRun, parent: IntentRecord, child: IntentRecord | None) -> Outcome | None:
    """How the step in hand has ended; ``None`` while it has not."""
    if child is not None:
        return _outcome_of_work(child) if child.is_terminal else None
    if parent.decided_at is not None:
        return _outcome_of_decision(parent)
    woken = run.step["kind"] == DELAY and parent.status is IntentStatus.IN_PROGRESS
    return PASSED if woken else None


def store(tx: Tx, run: ScenarioRun, parent: IntentRecord) -> None:
    """Write both back."""
    scenarios.save(tx, run)
    store_change(tx, parent)


def _outcome_of_work(child: IntentRecord) -> Outcome:
    match child.status:
        case IntentStatus.COMPLETED:
            return Outcome(child.status, "completed", result=child.result)
        case IntentStatus.TIMED_OUT:
            return Outcome(IntentStatus.FAILED, "failed", reason=STEP_TIMEOUT)
        case IntentStatus.CANCELED:
            # Somebody wanted it to stop: it is not begun anew.
            return Outcome(IntentStatus.FAILED, "canceled", reason=child.reason or "canceled")
    said = (child.error or {}).get("message")
    reason = child.reason or (said if isinstance(said, str) else None) or "step_failed"
    return Outcome(IntentStatus.FAILED, "failed", reason=reason, error=child.error)


def _outcome_of_decision(parent: IntentRecord) -> Outcome:
    outcome = parent.decision or ""
    ending = human_tasks.ending(outcome)
    result = (parent.result or {}) | {"decided_by": parent.decided_by}
    if ending is IntentStatus.COMPLETED and outcome != _NOT_YET:
        return Outcome(ending, "completed", result=result)
    if ending is IntentStatus.FAILED:
        return Outcome(ending, "failed", result=result, reason=f"failed: {outcome}")
    return Outcome(IntentStatus.CANCELED, "rejected", result=result, reason=f"rejected: {outcome}")


def _retry_later(tx: Tx, run: ScenarioRun, parent: IntentRecord, outcome: Outcome, seconds: int) -> None:
    run.attempt, run.step_intent_id = run.attempt + 1, None
    known = run.known(run.step_id)
    known |= {"status": "retrying", "attempts": run.attempt, "reason": outcome.reason}
    timer = {"act": "retry", "attempt": run.attempt}
    if outcome.reason == STEP_TIMEOUT:
        note(parent, EventType.TIMEOUT, at=tx.now, actor=SYSTEM, details=told(run, "retrying", reason=STEP_TIMEOUT))
    wait(tx, run, parent, seconds, timer, status="retrying", reason=outcome.reason)


def _conclude(tx: Tx, run: ScenarioRun, parent: IntentRecord, outcome: Outcome) -> None:
    """Write down and announce how the step in hand has ended."""
    if run.step["kind"] in WAITING:
        run.results[run.step_id] = outcome.told()
    decided = (outcome.result or {}).get("outcome") if run.step["kind"] == "human" else None
    finish(run, outcome.word, at=tx.now, reason=outcome.reason, outcome=decided)
    details = told(run, outcome.word, reason=outcome.reason, outcome=decided)
    if parent.status is IntentStatus.IN_PROGRESS:
        note(parent, EventType.IN_PROGRESS, at=tx.now, actor=SYSTEM, details=details)
    else:
        enter(parent, IntentStatus.IN_PROGRESS, at=tx.now, actor=SYSTEM, details=details)


def _fail(tx: Tx, run: ScenarioRun, parent: IntentRecord, outcome: Outcome) -> None:
    error: dict[str, Any] | None = None
    if outcome.ending is IntentStatus.FAILED:
        code = STEP_TIMEOUT if outcome.reason == STEP_TIMEOUT else "step_failed"
        error = {"step_id": run.step_id, "code": code, "message": outcome.reason}
        if outcome.error is not None:
            error["details"] = outcome.error
    result = {"steps": run.results} if run.results else None
    end(parent, outcome.ending, at=tx.now, actor=SYSTEM, result=result, error=error, reason=outcome.reason)
