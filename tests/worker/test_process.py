"""A worker as a process: signals, a gateway that goes away and comes back, handlers that do their worst."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from axme import AxmeClient, IntentStatus
from axme.gateway import LocalGateway
from tests.plain import until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, sys, time
from datetime import timedelta

def handle(intent):
    do = intent.payload["do"]
    if do == "sleep":
        intent.progress("began")
        time.sleep(intent.payload["seconds"])
    if do == "exit":
        sys.exit(3)
    if do == "fork" and os.fork() == 0:
        return {"child": True}
    return {"did": do}
"""


class Served(NamedTuple):
    """A worker, the file of its log, and whom it serves."""

    worker: subprocess.Popen[str]
    log: Path
    address: str


@contextmanager
def serving(gateway: LocalGateway, directory: Path, *options: str) -> Iterator[Served]:
    """``python -m axme serve`` on a program that does what it is sent."""
    (directory / "program.py").write_text(PROGRAM)
    log = directory / "log"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AXME_")}
    with gateway.client() as admin:
        agent = admin.agents.create(directory.name)
        key = agent.create_key().reveal()
    env = clean | {"AXME_API_KEY": key, "AXME_BASE_URL": gateway.base_url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "axme", "serve", "program:handle", "--agent", agent.address, *options]
    with open(log, "w") as file, subprocess.Popen(command, cwd=directory, env=env, stderr=file, text=True) as worker:
        try:
            until(lambda: "serving" in log.read_text() or worker.poll() is not None, 30)
            yield Served(worker, log, agent.address)
        finally:
            worker.kill()


def test_sigterm_finishes_what_runs_and_leaves_with_zero(
    gateway: LocalGateway, client: AxmeClient, tmp_path: Path
) -> None:
    with serving(gateway, tmp_path, "--concurrency", "1") as (worker, log, address):
        running = client.intents.create("job.v1", to=address, payload={"do": "sleep", "seconds": 1})
        until(lambda: any("progress" in event.details for event in running.events()))
        next_one = client.intents.create("job.v1", to=address, payload={"do": "nothing"})
        worker.terminate()
        assert worker.wait(20) == 0
    assert running.refresh().result == {"did": "sleep"}
    assert next_one.refresh().status is IntentStatus.DELIVERED
    lines = log.read_text().splitlines()
    assert "SIGTERM: taking nothing new, finishing 1 under way" in lines[-3]
    assert lines[-1].endswith("left: 1 completed")


def test_a_second_signal_ends_it_at_once(gateway: LocalGateway, client: AxmeClient, tmp_path: Path) -> None:
    with serving(gateway, tmp_path) as (worker, log, address):
        running = client.intents.create("job.v1", to=address, payload={"do": "sleep", "seconds": 60})
        until(lambda: any("progress" in event.details for event in running.events()))
        worker.send_signal(signal.SIGINT)
        until(lambda: "SIGINT: taking nothing new" in log.read_text())
        worker.send_signal(signal.SIGINT)
        assert worker.wait(10) == 128 + signal.SIGINT


def test_what_does_not_finish_is_given_back_at_the_end_of_the_drain(
    gateway: LocalGateway, client: AxmeClient, tmp_path: Path
) -> None:
    with serving(gateway, tmp_path, "--drain-timeout", "0.2") as (worker, log, address):
        running = client.intents.create("job.v1", to=address, payload={"do": "sleep", "seconds": 60})
        until(lambda: any("progress" in event.details for event in running.events()))
        worker.terminate()
        assert worker.wait(20) == 0
    assert log.read_text().splitlines()[-1].endswith("left: 1 released")
    with client.agents.handle(address).worker(lambda intent: {"attempt": intent.attempt}):
        assert running.wait(20).result == {"attempt": 1}


def test_handlers_that_exit_or_fork_do_not_take_it_down(
    gateway: LocalGateway, client: AxmeClient, tmp_path: Path
) -> None:
    with serving(gateway, tmp_path, "--concurrency", "1") as (worker, log, address):
        leaving = client.intents.create("job.v1", to=address, payload={"do": "exit"}, max_delivery_attempts=1)
        assert leaving.wait(20).status is IntentStatus.FAILED
        assert client.intents.create("job.v1", to=address, payload={"do": "fork"}).wait(20).result == {"did": "fork"}
        worker.terminate()
        assert worker.wait(20) == 0
    assert "left: 1 completed, 1 failed" in log.read_text()


@pytest.mark.slow
def test_the_gateway_goes_away_and_comes_back(fresh_gateway: LocalGateway, tmp_path: Path) -> None:
    place = tmp_path / "crew"
    place.mkdir()
    with (
        fresh_gateway.client(timeout=60) as client,
        serving(fresh_gateway, place, "--lease", "60") as (worker, log, address),
    ):
        running = client.intents.create("job.v1", to=address, payload={"do": "sleep", "seconds": 2})
        until(lambda: any("progress" in event.details for event in running.events()))
        fresh_gateway.kill()
        until(lambda: "asking for work failed and is tried again" in log.read_text(), 60)
        fresh_gateway.restart(30)
        assert running.wait(60).result == {"did": "sleep"}
        assert client.intents.create("job.v1", to=address, payload={"do": "more"}).wait(60).result == {"did": "more"}
        assert log.read_text().count("asking for work failed") == 1
        assert log.read_text().count("asking for work works again") == 1
        worker.terminate()
        assert worker.wait(30) == 0


def test_a_worker_may_be_there_before_its_gateway(fresh_gateway: LocalGateway, tmp_path: Path) -> None:
    place = tmp_path / "early"
    place.mkdir()
    with fresh_gateway.client(timeout=60) as client:
        agent = client.agents.create(place.name)
        fresh_gateway.stop()
        with agent.worker(lambda intent: {"n": 1}):
            fresh_gateway.restart(30)
            assert client.intents.create("job.v1", to=agent).wait(60).result == {"n": 1}


def test_json_lines(gateway: LocalGateway, client: AxmeClient, tmp_path: Path) -> None:
    with serving(gateway, tmp_path, "--log-json") as (worker, log, address):
        intent = client.intents.create("job.v1", to=address, payload={"do": "it"}).wait(20)
        worker.terminate()
        assert worker.wait(20) == 0
    said = [json.loads(line) for line in log.read_text().splitlines()]
    (about,) = [line for line in said if line.get("intent_id") == intent.id]
    assert (about["attempt"], about["correlation_id"]) == (1, intent.correlation_id)
    assert about["worker_id"] in said[0]["message"]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (["nope:agent"], "there is no module nope in"),
        (["nope.py:agent"], "there is no file nope.py"),
        (["program:nobody"], "program has no nobody; an agent or a function is needed"),
        (["program:number"], "program:number is an int; an agent or a function is needed"),
        (["program:handle"], "program:handle is a function: say whom it serves, with --agent ADDRESS"),
        (["program"], "say what to serve as module:name"),
        (["program:handle", "--agent", "a", "--concurrency", "0"], "concurrency must be 1 to 1000, not 0"),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(tmp_path: Path, what: list[str], said: str) -> None:
    (tmp_path / "program.py").write_text(PROGRAM + "\nnumber = 3\n")
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "AXME_API_KEY": "k",
        "AXME_BASE_URL": "http://127.0.0.1:9",
    }
    done = subprocess.run(
        [sys.executable, "-m", "axme", "serve", *what], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
