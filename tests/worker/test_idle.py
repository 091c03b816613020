"""A worker for whom there is nothing to do."""

from __future__ import annotations

from axme import AxmeClient, AxmeClientConfig
from axme.gateway import LocalGateway


def test_a_wait_longer_than_the_silence_allowed_ends_with_an_empty_answer(gateway: LocalGateway) -> None:
    config = AxmeClientConfig(base_url=gateway.base_url, api_key=gateway.api_key, timeout_seconds=1, max_retries=0)
    with AxmeClient(config) as client:
        agent = client.agents.create("idle-worker")
        answer = client.claim_deliveries(agent.address, {"worker_id": "w", "wait_seconds": 3})
    assert answer["claims"] == []
