"""The examples run as a stranger runs them: as programs of their own, set up by the environment alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from axme import IntentStatus
from axme.gateway import LocalGateway

ROOT = Path(__file__).parents[2]


def run(name: str, env: dict[str, str]) -> str:
    """What an example prints; it must end well and complain about nothing."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AXME_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / name)],
        env=clean | {"PYTHONPATH": str(ROOT)} | env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def of(gateway: LocalGateway) -> dict[str, str]:
    """The two lines a gateway prints for others to use it."""
    return {"AXME_API_KEY": gateway.api_key, "AXME_BASE_URL": gateway.base_url}


def expect_both_endings(printed: str) -> None:
    """An order through an agent, and a budget through a person."""
    order, budget = printed.split("2. A budget")
    assert "{'order': 'A-1001', 'parcels': 3}" in order
    walk = ["CREATED", "SUBMITTED", "DELIVERED", "IN_PROGRESS", "COMPLETED"]
    assert [word for word in order.split() if word in set(IntentStatus)] == walk
    assert "WAITING" in budget
    assert "'outcome': 'approved'" in budget


def test_the_quickstart_brings_its_own_gateway_and_keeps_its_state(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    for _ in range(2):  # the second time on what the first one left
        printed = run("quickstart.py", home)
        assert str(tmp_path) in printed, "it says where its state lives"
        expect_both_endings(printed)


def test_the_quickstart_uses_the_gateway_it_is_given(gateway: LocalGateway) -> None:
    printed = run("quickstart.py", of(gateway))
    assert "starting a gateway" not in printed
    expect_both_endings(printed)


def test_the_short_example(gateway: LocalGateway) -> None:
    printed = run("basic_submit.py", of(gateway))
    assert "status   DELIVERED" in printed
    assert "payload  {'order': 'A-1002', 'items': 1}" in printed


def test_the_pipeline_of_three_agents_and_a_person(gateway: LocalGateway) -> None:
    printed = run("order_pipeline.py", of(gateway))
    walk = ["reserved in B-12", "waits for a person", "says yes", "approved", "agent://local/default/carrier"]
    places = [printed.index(word) for word in walk]
    assert places == sorted(places)
    assert printed.splitlines()[-1] == "COMPLETED: {'total': 120, 'parcel': 'P-A-1003', 'carrier': 'bike'}"


@pytest.mark.parametrize(
    "command", [["examples/worker.py"], ["-m", "axme", "serve", "examples/worker.py:agent"]], ids=["script", "serve"]
)
def test_the_worker_serves_until_it_is_told_to_stop(gateway: LocalGateway, command: list[str]) -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("AXME_")}
    env = clean | {"PYTHONPATH": str(ROOT)} | of(gateway)
    with (
        subprocess.Popen(
            [sys.executable, "-W", "error", *command], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
        ) as worker,
        gateway.client() as client,
    ):
        small, none, big = (
            client.intents.create("order.fulfillment.v1", to="fulfillment", payload={"order": "A-7", "items": items})
            for items in (30, 0, 120)
        )
        assert small.wait(30).result == {"order": "A-7", "parcels": 3}
        assert none.wait(30).error["code"] == "empty_order"  # type: ignore[index]
        for event in big.observe(timeout=30):
            if event.event_type == "intent.human_task_assigned":
                client.tasks.get(big.id).approve()
        assert big.result == {"order": "A-7", "parcels": 12}
        worker.terminate()
        _, said = worker.communicate(timeout=30)
    assert worker.returncode == 0, said
    # Others may have sent to the same agent before.
    assert re.search(r"left: \d+ completed, 1 failed, 1 waiting$", said.rstrip()), said


def test_without_a_key_the_short_example_says_what_to_do() -> None:
    with pytest.raises(AssertionError, match=r"python -m axme\.gateway"):
        run("basic_submit.py", {})


def test_a_receiver_of_webhooks_believes_what_is_signed() -> None:
    assert run("webhook_receiver.py", {}) == "intent.created CREATED\nintent.completed COMPLETED\n"


def test_a_scenario_runs_from_its_file(gateway: LocalGateway) -> None:
    printed = run("scenario_deploy.py", of(gateway))
    assert "valid    True" in printed
    assert "1/6 build          retrying" in printed
    assert "1  build          agent         completed  deploy-builder    2" in printed
    assert "ended    COMPLETED: {'by': 'shipper', 'version': 7}" in printed
