"""The gateway is killed again and again under scenarios of every kind of step: each goes on exactly where it was."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from axme import AxmeClient, AxmeError, AxmeTerminalError, Scenario
from axme.exceptions import AxmeConflictError
from axme.gateway import LocalGateway
from tests.databases import rows
from tests.hard.kit import is_whole, seeded
from tests.plain import until

KILLS = 15
SCENARIOS = 16

pytestmark = pytest.mark.slow


def plan(number: int) -> dict[str, Any]:
    """A build that fails once, a rest, a decision, a message, and the work that follows either answer."""

    def step(step_id: str, **more: Any) -> dict[str, Any]:
        return {"step_id": step_id, "tool_id": "tool.agent.task.v1", "assigned_to": "hands"} | more

    def runtime(step_id: str, kind: str, following: str, **config: Any) -> dict[str, Any]:
        return {"step_id": step_id, "runtime_type": kind, "runtime_config": config, "on_success": following}

    steps = [
        runtime("limit", "timeout", "build", seconds=600),
        step("build", retry={"max_retries": 1, "retry_delay_seconds": 1}, on_success="rest"),
        runtime("rest", "delay", "nudge", seconds=1 + number % 3),
        runtime("nudge", "reminder", "sign", seconds=1),
        {"step_id": "sign", "runtime_type": "human_approval", "on_success": "tell", "on_failure": "undo"},
        runtime("tell", "notification", "ship", to="hands", message="signed"),
        step("ship", input={"number": number}),
        step("undo"),
    ]
    return {
        "agents": [{"role": "hands", "address": "hands", "create_if_missing": True}],
        "humans": [{"role": "boss"}],
        "workflow": {"steps": steps},
        "intent": {"type": "deploy.v1", "payload": {"number": number, "good": number % 4 != 0}},
    }


class Cast:
    """An agent and a person who do what they are asked, whatever becomes of the connection."""

    def __init__(self, gateway: LocalGateway) -> None:
        self._gateway = gateway
        self._over = threading.Event()
        self.worked: Counter[tuple[int, str, int]] = Counter()
        self._threads = [
            threading.Thread(target=self._keep, args=(job,)) for job in (self._work, self._work, self._judge)
        ]
        for thread in self._threads:
            thread.start()

    def _keep(self, job: Callable[[AxmeClient], None]) -> None:
        with self._gateway.client() as client:
            while not self._over.is_set():
                try:
                    job(client)
                except AxmeError:
                    self._over.wait(0.1)

    def _work(self, client: AxmeClient) -> None:
        with client.agents.handle("hands").listen(timeout=2) as steps:
            for step in steps:
                said = step.payload
                key = (said["parent_payload"]["number"], said["step_id"], said["attempt"])
                fails = said["step_id"] == "build" and said["attempt"] == 1
                try:
                    step.resume({"action": "fail" if fails else "complete", "attempt": said["attempt"]})
                    self.worked[key] += 1
                except AxmeTerminalError:
                    pass  # the other of us, or a try of ours whose answer was lost

    def _judge(self, client: AxmeClient) -> None:
        for task in client.list_my_tasks()["tasks"]:
            good = client.get_intent(task["intent_id"])["intent"]["payload"]["good"]
            body = {"task_result": {"outcome": "approved" if good else "rejected"}}
            try:
                client.resume_intent(task["intent_id"], body)
            except AxmeConflictError:
                continue
        self._over.wait(0.05)

    def leave(self) -> None:
        """Go home."""
        self._over.set()
        for thread in self._threads:
            thread.join(30)


def test_scenarios_go_on_where_they_were(fresh_gateway: LocalGateway) -> None:
    chance = seeded(11)
    cast = Cast(fresh_gateway)
    try:
        with fresh_gateway.client() as client:
            runs = [client.scenarios.apply(Scenario.from_json(plan(number))) for number in range(SCENARIOS)]
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.4))
            fresh_gateway.kill()
            assert is_whole(fresh_gateway.data_dir)
            fresh_gateway.restart()
        with fresh_gateway.client() as client:
            ended = [client.attach(run) for run in runs]
            until(lambda: all(run.refresh().is_terminal for run in ended), seconds=120)
    finally:
        cast.leave()
    for number, run in enumerate(ended):
        good = number % 4 != 0
        assert (run.status, run.error) == ("COMPLETED", None)
        sent = rows(fresh_gateway.data_dir, "SELECT step_id, status FROM intents WHERE parent_intent_id = ?", run.id)
        assert Counter(sent) == Counter(
            [("build", "FAILED"), ("build", "COMPLETED"), ("ship" if good else "undo", "COMPLETED")]
        )
        threads = rows(fresh_gateway.data_dir, "SELECT kind FROM threads WHERE intent_id = ?", run.id)
        assert len([kind for (kind,) in threads if kind.startswith("step:")]) == 1
        assert len([kind for (kind,) in threads if kind.startswith("notice:")]) == good
        told = Counter((e.details or {}).get("step_id") for e in _completed(fresh_gateway, run.id))
        way = ["tell", "ship"] if good else ["undo"]
        assert told == Counter(["limit", "build", "rest", "nudge", *(["sign"] if good else []), *way])
    open_jobs = rows(fresh_gateway.data_dir, "SELECT kind FROM jobs WHERE kind IN ('scenario', 'step')")
    assert open_jobs == [], "nothing is left to be done"
    twice = {key: times for key, times in cast.worked.items() if times > 1}
    assert not twice, "no step was accepted twice"


def _completed(gateway: LocalGateway, intent_id: str) -> list[Any]:
    with gateway.client() as client:
        events = client.intents.handle(intent_id).events()
        return [event for event in events if (event.details or {}).get("step_status") == "completed"]
