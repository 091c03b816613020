"""Answers that the gateway holds for longer than the silence that is allowed."""

from __future__ import annotations

import pytest

from axme import AxmeClient, AxmeClientConfig
from axme.gateway import LocalGateway

pytestmark = pytest.mark.slow


def impatient(gateway: LocalGateway) -> AxmeClient:
    config = AxmeClientConfig(base_url=gateway.base_url, api_key=gateway.api_key, timeout_seconds=1, max_retries=0)
    return AxmeClient(config)


def test_a_wait_longer_than_the_silence_allowed_ends_with_an_empty_answer(gateway: LocalGateway) -> None:
    with impatient(gateway) as client:
        agent = client.agents.create("idle-worker")
        answer = client.claim_deliveries(agent.address, {"worker_id": "w", "wait_seconds": 3})
    assert answer["claims"] == []


def test_a_create_that_waits_is_answered_with_the_intent_as_it_is(gateway: LocalGateway) -> None:
    with impatient(gateway) as client:
        sent = {"intent_type": "order.fulfillment.v1", "to_agent": "nobody-works-here", "payload": {}}
        answer = client.create_intent(sent, wait_seconds=3)
    assert answer["waited"] is True
    assert answer["intent"]["status"] == "DELIVERED"
