"""The same random script on SQLite and on PostgreSQL: the same answers, refusals and events, ids apart."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from axme.contract import jsontext
from axme.contract.clock import MovableClock, to_text
from axme.gateway.errors import GatewayError
from tests import postgres
from tests.chaos.harness.sizes import add, size
from tests.gateway.rig import Rig

SCRIPTS = 300
STEPS = 12
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b(?:sa|sak)_[A-Za-z0-9]+")
#: Everybody writes at the same moments, so that times are compared, too.
_START = MovableClock().now()

pytestmark = pytest.mark.timeout(900)


class _Script:
    """One run on one database, from its own chance."""

    def __init__(self, rig: Rig, seed: str) -> None:
        self._rig = rig
        self._chance = random.Random(seed)
        self._mark = f"m{self._chance.randrange(10**9)}"
        self._intents: list[str] = []
        self._names: dict[str, str] = {}
        self.told: list[str] = []

    def run(self) -> list[str]:
        """All steps, and then what has become of each intent."""
        doings = (self._create, self._create, self._resolve, self._controls, self._resume, self._policy, self._advance)
        for _ in range(STEPS):
            self._do(self._chance.choice(doings))
        for intent_id in self._intents:
            self._do(lambda intent_id=intent_id: self._rig.intent(intent_id))  # type: ignore[misc]
            self._do(lambda intent_id=intent_id: self._rig.events(intent_id))  # type: ignore[misc]
        return self.told

    def _do(self, doing: Callable[[], Any]) -> None:
        try:
            said = doing()
        except GatewayError as error:
            said = [error.code.code, error.message, error.details]
        text = jsontext.encode(said, sort_keys=True)
        self.told.append(_ID.sub(lambda found: self._names.setdefault(found[0], f"id{len(self._names)}"), text))

    def _create(self) -> Any:
        chance = self._chance
        body: dict[str, Any] = {
            "payload": {"n": chance.randrange(3), "t": chance.choice(["", "ä", "\u2028", "x" * 50])}
        }
        key = f"{self._mark}-{chance.randrange(4)}" if chance.random() < 0.5 else None
        if chance.random() < 0.3:
            body["deadline_at"] = self._rig.clock.now() + timedelta(seconds=chance.randrange(-5, 90))
        if chance.random() < 0.3:
            body["human_task"] = {"task_type": chance.choice(["approval", "clarification", "review"])}
        if chance.random() < 0.2:
            body["remind_after_seconds"] = chance.randrange(1, 60)
        if "deadline_at" in body:
            body["deadline_at"] = to_text(int(body["deadline_at"].timestamp()) * 1_000_000)
        answer = jsontext.loads(self._rig.submit(key=key, correlation_id="c", **body).text)
        self._intents.append(answer["intent_id"])
        return answer

    def _resolve(self) -> Any:
        return self._rig.resolve(self._any(), self._chance.choice(["COMPLETED", "FAILED", "CANCELED"]))

    def _controls(self) -> Any:
        patch = self._chance.choice([{"paused": True}, {"paused": False}, {"max_retries": 3}, {"timeout_seconds": 30}])
        return self._rig.controls(self._any(), {"controls": patch, "expected_policy_generation": self._expected()})

    def _policy(self) -> Any:
        return self._rig.policy(self._any(), {"grants": {}, "expected_policy_generation": self._expected()})

    def _resume(self) -> Any:
        action = self._chance.choice(["complete", "fail", "approve", "reject", "accept"])
        return self._rig.resume(self._any(), {"action": action, "n": 1})

    def _advance(self) -> Any:
        return self._rig.advance(seconds=self._chance.choice([1, 20, 100])) and None

    def _expected(self) -> int:
        return self._chance.choice([0, 0, 1, 2])

    def _any(self) -> str:
        return self._chance.choice(self._intents) if self._intents else "00000000-0000-4000-8000-000000000000"


def test_both_databases_tell_the_same(tmp_path: Path, postgres_server: postgres.Private, seed: int) -> None:
    with postgres.database(postgres_server.url) as url:
        rigs = [Rig(f"sqlite:///{tmp_path}/axme.db", MovableClock(_START)), Rig(url, MovableClock(_START))]
        try:
            for number in range(size(SCRIPTS)):
                one, other = (_Script(rig, f"{seed}/{number}").run() for rig in rigs)
                assert one == other, f"script {number}"
        finally:
            for rig in rigs:
                rig.close()
    add(scripts_on_both_databases=size(SCRIPTS))
