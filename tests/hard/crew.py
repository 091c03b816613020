"""Workers as processes of their own, to be killed: run by ``python -m axme serve``, each noting what it begins."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Self

from axme import AxmeClient, ClaimedIntent
from axme.gateway import LocalGateway

ROOT = Path(__file__).parents[2]
ADDRESS = "crew"
_NOTES = "CREW_NOTES"


def handle(intent: ClaimedIntent) -> dict[str, object]:
    """What they all do: note that it begins, take a moment, and give the number back."""
    with open(Path(os.environ[_NOTES]) / str(os.getpid()), "a", encoding="utf-8") as notes:
        notes.write(f"{intent.id}\n")
    intent.lost.wait(intent.payload.get("seconds", 0.0))
    return {"n": intent.payload["n"]}


class Crew:
    """So many worker processes on one gateway."""

    def __init__(self, gateway: LocalGateway, directory: Path, size: int, *, lease: int = 5) -> None:
        self._notes = directory / "notes"
        self._notes.mkdir()
        self.log = directory / "crew.log"
        self._lease = lease
        with gateway.client() as admin:
            key = admin.agents.create(ADDRESS).create_key().reveal()
        self._env = {name: value for name, value in os.environ.items() if not name.startswith("AXME_")} | {
            "AXME_API_KEY": key,
            "AXME_BASE_URL": gateway.base_url,
            "PYTHONPATH": str(ROOT),
            _NOTES: str(self._notes),
        }
        self.workers = [self.hire() for _ in range(size)]

    def hire(self) -> subprocess.Popen[bytes]:
        """Another process."""
        command = [sys.executable, "-m", "axme", "serve", "tests.hard.crew:handle", "--agent", ADDRESS]
        with open(self.log, "ab") as log:
            return subprocess.Popen([*command, "--lease", str(self._lease)], env=self._env, stderr=log, cwd=ROOT)

    def replace(self, place: int) -> None:
        """Kill one with no time to say goodbye, and hire another."""
        self.workers[place].kill()
        self.workers[place].wait()
        self.workers[place] = self.hire()

    def begun(self) -> Counter[str]:
        """How often each intent was begun, by anybody."""
        return Counter(line for notes in self._notes.iterdir() for line in notes.read_text().split())

    def begun_by(self, worker: subprocess.Popen[bytes]) -> list[str]:
        """What one of them has begun."""
        notes = self._notes / str(worker.pid)
        return notes.read_text().split() if notes.exists() else []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.send_signal(signal.SIGCONT)
            worker.terminate()
        self.codes = [worker.wait(60) for worker in self.workers]


def send(client: AxmeClient, n: int, **fields: object) -> str:
    """One intent to the crew."""
    said = {"intent_type": "crew.v1", "to_agent": ADDRESS, "payload": {"n": n, **fields}, "max_delivery_attempts": 50}
    return client.send_intent(said, idempotency_key=f"crew-{n}")
