"""What a worker says to a gateway with claims, word for word, and how it takes refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import responses

from axme import AxmeClaimLostError, AxmeClient, AxmeClientConfig, HumanTask, Wait
from axme.worker import Claim
from axme.worker.gateway import GatewaySource
from axme.worker.outcomes import Done, Failed, Outcome

BASE = "http://127.0.0.1:9"
CLAIM = Claim(id="clm_1", intent={"intent_id": "i-1", "intent_type": "job.v1"})
LOST = {"ok": False, "error": {"code": "claim_lost", "message": "worker b has it"}, "error_code": "claim_lost"}


@pytest.fixture
def source() -> Iterator[GatewaySource]:
    config = AxmeClientConfig(api_key="k", base_url=BASE, max_retries=2, retry_backoff_seconds=0.01)
    with AxmeClient(config) as client:
        yield GatewaySource(client, "shop", "w-1", 30.0)


def said(call: int = -1) -> Any:
    return json.loads(responses.calls[call].request.body)


@responses.activate
def test_asking_for_work(source: GatewaySource) -> None:
    raw = {"claim_id": "clm_1", "attempt": 2, "intent": {"intent_id": "i-1"}, "checkpoint": {"at": 3}, "resumed": None}
    responses.post(f"{BASE}/v1/agents/shop/claims", json={"ok": True, "claims": [raw]})
    (claim,) = source.take(500)
    assert (claim.id, claim.intent_id, claim.attempt, claim.checkpoint) == ("clm_1", "i-1", 2, {"at": 3})
    assert said() == {"worker_id": "w-1", "limit": 100, "lease_seconds": 30, "wait_seconds": 20}


@pytest.mark.parametrize(
    ("outcome", "verb", "body"),
    [
        (Done({"n": 1}), "complete", {"result": {"n": 1}}),
        (
            Failed({"code": "c", "message": "m"}, False),
            "fail",
            {"error": {"code": "c", "message": "m"}, "retryable": False},
        ),
        (Failed({}, True, 2.5), "fail", {"error": {}, "retryable": True, "retry_after_seconds": 2.5}),
        (
            Wait.for_time(timedelta(seconds=3), keep={"a": 1}),
            "suspend",
            {"wait": {"for": "time", "seconds": 3.0}, "checkpoint": {"a": 1}},
        ),
        (
            Wait.for_agent("other", "part.v1", {"n": 2}),
            "suspend",
            {"wait": {"for": "agent", "to": "other", "intent_type": "part.v1", "payload": {"n": 2}}},
        ),
    ],
)
@responses.activate
def test_what_is_said_of_an_outcome(source: GatewaySource, outcome: Outcome, verb: str, body: Any) -> None:
    responses.post(f"{BASE}/v1/claims/clm_1/{verb}", status=503, json={"ok": False})
    responses.post(f"{BASE}/v1/claims/clm_1/{verb}", json={"ok": True})
    source.settle(CLAIM, outcome, "key-1", "trace-1")
    assert said() == body
    keys = {call.request.headers["Idempotency-Key"] for call in responses.calls}
    assert (len(responses.calls), keys) == (2, {"key-1"}), "tried again under the same key"


@responses.activate
def test_a_task_for_a_person_goes_as_it_is(source: GatewaySource) -> None:
    responses.post(f"{BASE}/v1/claims/clm_1/suspend", json={"ok": True})
    task = HumanTask.approval("Ship it?")
    source.settle(CLAIM, Wait.for_human(task), "key-1", None)
    assert said() == {"wait": {"for": "human", "human_task": dict(task)}}


@responses.activate
def test_a_lost_claim_has_an_error_of_its_own_and_is_not_tried_again(source: GatewaySource) -> None:
    for verb in ("complete", "progress", "checkpoint", "release"):
        responses.post(f"{BASE}/v1/claims/clm_1/{verb}", status=409, json=LOST)
    for tell in (
        lambda: source.settle(CLAIM, Done(), "key-1", None),
        lambda: source.progress(CLAIM, {"message": "m"}),
        lambda: source.checkpoint(CLAIM, {}),
    ):
        with pytest.raises(AxmeClaimLostError, match="worker b has it"):
            tell()
    source.release(CLAIM)
    assert len(responses.calls) == 4


@responses.activate
def test_renewing_tells_what_is_lost(source: GatewaySource) -> None:
    gone = {"claim_id": "clm_2", "code": "agent_killed", "message": "the agent was killed"}
    responses.post(f"{BASE}/v1/claims/renew", json={"ok": True, "renewed": [{"claim_id": "clm_1"}], "lost": [gone]})
    assert source.renew(["clm_1", "clm_2"]) == {"clm_2": "the agent was killed"}
    assert said() == {"claim_ids": ["clm_1", "clm_2"], "lease_seconds": 30}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Wait.for_time(timedelta(seconds=-1)),
        lambda: Wait.for_time(3),
        lambda: Wait.for_human("approve"),
    ],
)
def test_a_wait_for_nonsense_is_refused_at_once(make: Any) -> None:
    with pytest.raises(ValueError):
        make()
