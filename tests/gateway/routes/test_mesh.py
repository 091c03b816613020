"""The mesh over plain HTTP: answers in shape, and input that is none."""

from __future__ import annotations

from typing import Any

import pytest

from axme.contract.schemas import mesh as schemas
from tests.plain import Caller, make_agent, refused


def test_answers_have_the_shape_they_promise(caller: Caller) -> None:
    agent = make_agent(caller)
    with Caller(caller.base_url, agent.key) as own:
        beat = own.post("/v1/mesh/heartbeat", {"metrics": {"intents_total": 2, "avg_latency_ms": 1.5}})
    assert not schemas.HeartbeatAnswer().validate(beat)
    assert not schemas.MeshAgentList().validate(caller.get("/v1/mesh/agents", window="month", limit=3))
    shown = caller.get(f"/v1/mesh/agents/{beat['address_id']}")
    assert not schemas.MeshAgentAnswer().validate(shown)
    assert shown["agent"]["metrics"]["avg_latency_ms"] == 1.5
    assert caller.get(f"/v1/mesh/agents/{agent.address}")["agent"] == shown["agent"]
    assert not schemas.MeshAgentAnswer().validate(caller.post(f"/v1/mesh/agents/{beat['address_id']}/kill"))
    assert not schemas.MeshAgentAnswer().validate(caller.post(f"/v1/mesh/agents/{agent.address}/resume"))
    assert not schemas.MeshEventList().validate(caller.get("/v1/mesh/events", limit=2))


@pytest.mark.parametrize(
    "metrics",
    [
        {"intents_total": -1},
        {"intents_total": 1.5},
        {"intents_total": True},
        {"intents_total": 10**9},
        {"avg_latency_ms": -0.1},
        {"avg_latency_ms": "fast"},
        {"cost_usd": True},
        [],
    ],
)
def test_metrics_that_are_none(caller: Caller, metrics: Any) -> None:
    refused(caller.send("POST", "/v1/mesh/heartbeat", json={"metrics": metrics}), 422, "validation_error")


@pytest.mark.parametrize("query", [{"health": "fine"}, {"window": "year"}, {"limit": 0}, {"limit": 1001}])
def test_a_query_that_is_none(caller: Caller, query: dict[str, Any]) -> None:
    refused(caller.send("GET", "/v1/mesh/agents", params=query), 422, "validation_error")


def test_a_repeated_heartbeat_counts_once(caller: Caller) -> None:
    agent = make_agent(caller)
    with Caller(caller.base_url, agent.key) as own:
        for _ in range(2):
            own.post("/v1/mesh/heartbeat", {"metrics": {"intents_succeeded": 1}}, Idempotency_Key="one")
    assert caller.get(f"/v1/mesh/agents/{agent.address}")["agent"]["intents_period"] == 1
