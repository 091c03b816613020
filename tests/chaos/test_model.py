"""A small model of intents, and a gateway that is asked the same: killed, moved in time, asked twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from axme.client import AxmeClient
from axme.exceptions import AxmeHttpError, AxmeIdempotencyError, AxmePolicyGenerationError, AxmeTerminalError
from axme.gateway import LocalGateway, start
from tests.chaos.harness.places import START_SECONDS
from tests.chaos.harness.sizes import add, size

EXAMPLES, STEPS = 150, 40
_ENDS = ("COMPLETED", "FAILED", "CANCELED")

pytestmark = pytest.mark.timeout(1200)


@dataclass
class _Known:
    """What the model knows of an intent."""

    intent_id: str
    key: str
    status: str = "DELIVERED"
    generation: int = 0
    due: timedelta | None = None


class _World:
    """One gateway for all examples."""

    gateway: LocalGateway
    client: AxmeClient
    keys = 0
    kills = 0


class Machine(RuleBasedStateMachine):
    """The rules. Time is counted from the beginning of the example."""

    intents = Bundle("intents")

    def __init__(self) -> None:
        super().__init__()
        self.now = timedelta(0)
        self.known: list[_Known] = []
        self.began = _World.gateway.advance(timedelta(0))
        self.killed = False

    @rule(target=intents, seconds=st.none() | st.integers(1, 100))
    def create(self, seconds: int | None) -> _Known:
        _World.keys += 1
        known = _Known(
            "", f"model-{_World.keys}", due=None if seconds is None else self.now + timedelta(seconds=seconds)
        )
        known.intent_id = _World.client.send_intent(self._body(known), idempotency_key=known.key)
        self.known.append(known)
        return known

    @rule(known=intents)
    def create_again(self, known: _Known) -> None:
        assert _World.client.send_intent(self._body(known), idempotency_key=known.key) == known.intent_id

    @rule(known=intents)
    def create_another_under_the_same_key(self, known: _Known) -> None:
        with pytest.warns(), pytest.raises(AxmeIdempotencyError):
            _World.client.send_intent(self._body(known) | {"payload": {"other": 1}}, idempotency_key=known.key)

    @rule(known=intents, end=st.sampled_from(_ENDS))
    def end(self, known: _Known, end: str) -> None:
        body: dict[str, Any] = {"status": end, "result": {}, "error": {"message": "x"}}
        if known.status == "DELIVERED":
            _World.client.resolve_intent(known.intent_id, body)
            known.status = end
        else:
            with pytest.raises(AxmeTerminalError) as caught:
                _World.client.resolve_intent(known.intent_id, body)
            assert caught.value.details["status"] == known.status

    @rule(known=intents, off=st.sampled_from([0, 0, 1, -1]))
    def compare_and_set(self, known: _Known, off: int) -> None:
        expected = max(0, known.generation + off)
        body = {"controls": {"max_retries": 1}, "expected_policy_generation": expected}
        wanted: type[AxmeHttpError] | None = None
        if known.status != "DELIVERED":
            wanted = AxmeTerminalError
        elif expected != known.generation:
            wanted = AxmePolicyGenerationError
        if wanted is None:
            known.generation += 1
            answer = _World.client.update_intent_controls(known.intent_id, body)
            assert answer["policy_generation"] == known.generation
        else:
            with pytest.raises(wanted):
                _World.client.update_intent_controls(known.intent_id, body)

    @rule(seconds=st.integers(1, 60))
    def time_goes_on(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        _World.gateway.advance(timedelta(seconds=seconds))
        for known in self.known:
            if known.status == "DELIVERED" and known.due is not None and known.due <= self.now:
                known.status = "TIMED_OUT"

    @precondition(lambda self: self.known and not self.killed)
    @rule(chance=st.integers(0, 3))
    def kill(self, chance: int) -> None:
        if chance:
            return
        self.killed = True
        _World.kills += 1
        _World.gateway.kill()
        _World.gateway.restart(timeout=START_SECONDS)

    @invariant()
    def the_last_one_is_as_the_model_says(self) -> None:
        if self.known:
            self._compare(self.known[-1])

    def teardown(self) -> None:
        for known in self.known:
            self._compare(known)
            events = _World.client.list_intent_events(known.intent_id)["events"]
            assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
            assert sum(
                event["status"] not in ("CREATED", "SUBMITTED", "DELIVERED", "IN_PROGRESS") for event in events
            ) == (known.status != "DELIVERED")

    def _compare(self, known: _Known) -> None:
        found = _World.client.get_intent(known.intent_id)["intent"]
        assert (found["status"], found["policy_generation"]) == (known.status, known.generation)

    def _body(self, known: _Known) -> dict[str, Any]:
        body = {"intent_type": "model.v1", "to_agent": "worker", "payload": {"key": known.key}}
        return body | ({} if known.due is None else {"deadline_at": (self.began + known.due).isoformat()})


@pytest.fixture
def _running(tmp_path: Path) -> Iterator[None]:
    with start(data_dir=tmp_path / "gateway", clock="test", timeout=START_SECONDS) as gateway:
        _World.gateway = gateway
        with gateway.client(timeout=60) as client:
            _World.client = client
            yield


@pytest.mark.usefixtures("_running")
def test_the_gateway_does_as_the_model() -> None:
    told = settings(
        max_examples=size(EXAMPLES), stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Machine, settings=told)  # type: ignore[no-untyped-call]
    add(model_examples=size(EXAMPLES), kills=_World.kills)
