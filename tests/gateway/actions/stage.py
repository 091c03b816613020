"""Bundles played on a rig: scripted agents and people, and a clock that the test moves."""

from __future__ import annotations

from typing import Any

from axme.contract.schemas.scenarios import ScenarioBundle
from axme.gateway.actions import approvals, inbox, scenarios
from axme.gateway.actions.inbox import list_threads
from tests.gateway.rig import Body, Rig

WORKER = "agent://local/default/worker"
BOSS = "agent://local/default/admin"


def agent(name: str, **more: Any) -> Body:
    return {"step_id": name, "tool_id": "tool.agent.task.v1", "assigned_to": "worker", **more}


def human(name: str, **more: Any) -> Body:
    return {"step_id": name, "tool_id": "tool.approval.human_signoff", "assigned_to": "boss", **more}


def runtime(name: str, kind: str, **more: Any) -> Body:
    config = more.pop("config", {})
    return {"step_id": name, "runtime_type": kind, "runtime_config": config, **more}


def bundle(*steps: Body, **more: Any) -> Body:
    return {
        "agents": [{"role": "worker", "address": WORKER}],
        "humans": [{"role": "boss", "contact": "boss@example.com"}, {"role": "owner", "contact": "owner@example.com"}],
        "workflow": {"steps": list(steps)} | more.pop("workflow", {}),
        "intent": {"type": "deploy.v1", "payload": {"version": 7}},
    } | more


class Play:
    """One scenario on a rig."""

    def __init__(self, rig: Rig, *steps: Body, **more: Any) -> None:
        self.rig = rig
        self.applied: Body = rig.do(scenarios.apply, ScenarioBundle().load(bundle(*steps, **more)))
        self.id: str = self.applied["intent_id"]

    @property
    def intent(self) -> Body:
        """The intent that leads it, as of now."""
        self.rig.engine.run_due()
        return self.rig.intent(self.id)

    @property
    def statuses(self) -> dict[str, str]:
        """What has become of each step."""
        return {step["step_id"]: step["status"] for step in self.intent["steps"]}

    def step(self, name: str) -> Body:
        """A row of the table."""
        found: Body = next(step for step in self.intent["steps"] if step["step_id"] == name)
        return found

    @property
    def work(self) -> str:
        """The intent of the step in hand."""
        found: str = next(step["step_intent_id"] for step in self.intent["steps"] if step["status"] == "running")
        return found

    def done(self, **result: Any) -> Play:
        """The agent brings its result."""
        self.rig.resume(self.work, {"action": "complete", **result})
        return self

    def broken(self) -> Play:
        """The agent fails."""
        self.rig.resume(self.work, {"action": "fail", "message": "broken"})
        return self

    def decide(self, outcome: str) -> Play:
        """The person answers, through the intent of the scenario."""
        assert self.intent["waiting_reason"] == "WAITING_FOR_HUMAN"
        self.rig.resume(self.id, {"task_result": {"outcome": outcome}})
        return self

    def later(self, **by: float) -> Play:
        """Time passes."""
        self.intent  # noqa: B018
        self.rig.advance(**by)
        return self

    def threads(self) -> list[Body]:
        """What lies in the inbox of who applied it, the newest first."""
        found: list[Body] = self.rig.do(list_threads, owner=None, status=None)["threads"]
        return [thread for thread in found if thread["intent_id"] == self.id]

    def approve(self, thread_id: str) -> None:
        """Say yes in the inbox."""
        self.rig.do(inbox.approve, thread_id, {}, owner=None)

    def approval(self, approval_id: str, decision: str = "approve") -> None:
        """Say yes through an approval."""
        self.rig.do(approvals.decide, approval_id, {"decision": decision})

    def told(self, kind: str) -> list[Body]:
        """The events of a kind."""
        self.intent  # noqa: B018
        return [event for event in self.rig.events(self.id) if event["event_type"] == f"intent.{kind}"]
