"""Workers drive the steps of a scenario: one of them a process of its own, and a person between them."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from axme import Agent, AxmeClient, ClaimedIntent, HumanTask, Reject, Scenario, Wait
from axme.gateway import LocalGateway
from tests.plain import until

ROOT = Path(__file__).parents[2]
PROGRAM = """
def pack(intent):
    intent.progress("packing", percent=50)
    assert intent.payload == intent.parent_payload == {"order": 7}
    if intent.whole_payload["attempt"] == 1:
        raise RuntimeError("the tape is out")
    return {"parcels": intent.whole_payload["input"]["boxes"], "try": intent.whole_payload["attempt"]}
"""


@pytest.fixture
def packer(gateway: LocalGateway, client: AxmeClient, tmp_path: Path) -> Iterator[str]:
    """An agent served by ``python -m axme serve``."""
    (tmp_path / "packing.py").write_text(PROGRAM)
    made = client.agents.create(f"packer-{uuid.uuid4().hex[:8]}")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AXME_")}
    env = clean | {"AXME_API_KEY": made.create_key().reveal(), "AXME_BASE_URL": gateway.base_url}
    command = [sys.executable, "-m", "axme", "serve", "packing:pack", "--agent", made.address]
    log = tmp_path / "log"
    with (
        open(log, "w") as file,
        subprocess.Popen(command, cwd=tmp_path, env=env | {"PYTHONPATH": str(ROOT)}, stderr=file) as worker,
    ):
        try:
            yield made.address
            worker.terminate()
            assert worker.wait(30) == 0, log.read_text()
        finally:
            worker.kill()


def test_two_workers_and_a_person_take_a_scenario_through(client: AxmeClient, packer: str, agent: Agent) -> None:
    def ship(intent: ClaimedIntent) -> Any:
        packed = intent.whole_payload["results"]["pack"]["result"]
        answer = intent.resumed
        if answer is None:
            return Wait.for_human(HumanTask.approval("Which van?"), keep={"parcels": packed["parcels"]})
        return {"order": intent.payload["order"], "van": answer.comment, "kept": intent.checkpointed}

    plan = (
        Scenario("fulfil.v1", payload={"order": 7})
        .agent("packer", packer)
        .agent("shipper", agent.address)
        .human("boss", contact="boss@example.com")
        .step("pack", by="packer", input={"boxes": 3}, retries=1, retry_delay=timedelta(seconds=1))
        .approve("sign", by="boss", title="Ship order 7?")
        .step("ship", by="shipper")
    )
    with agent.worker(ship):
        run = client.scenarios.apply(plan)
        until(lambda: run.refresh().steps["sign"].status == "running", 30)
        run.decide("approved", comment="go")
        step_id = until(lambda: run.refresh().steps["ship"].step_intent_id, 30)
        step = client.intents.handle(step_id)
        until(lambda: step.refresh().status == "WAITING", 30)
        step.decide("approved", comment="the red one")
        done = run.wait(30)
    assert (done.status, done.steps["pack"].attempts) == ("COMPLETED", 2)
    results = (done.result or {})["steps"]
    assert results["pack"]["result"] == {"parcels": 3, "try": 2}
    assert results["ship"]["result"] == {"order": 7, "van": "the red one", "kept": {"parcels": 3}}
    packed = client.intents.handle(done.steps["pack"].step_intent_id or "")
    assert [event.details["progress"]["percent"] for event in packed.events() if "progress" in event.details] == [50]


def test_a_rejection_of_a_handler_is_not_tried_again_by_the_step(client: AxmeClient, agent: Agent) -> None:
    def refuse(intent: ClaimedIntent) -> None:
        raise Reject("no such order", code="unknown_order")

    plan = Scenario("refuse.v1").agent("clerk", agent.address).step("look", by="clerk", retries=5)
    with agent.worker(refuse):
        done = client.scenarios.apply(plan).wait(30)
    assert (done.status, done.steps["look"].attempts) == ("FAILED", 1)
    assert (done.error or {})["details"]["code"] == "unknown_order"
