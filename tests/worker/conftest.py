"""Fixtures of the worker tests: an agent of their own, with a key of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from axme import Agent, AxmeClient, AxmeClientConfig
from axme.gateway import LocalGateway


@pytest.fixture
def agent(gateway: LocalGateway) -> Iterator[Agent]:
    """A new agent, as its own program holds it."""
    with gateway.client() as admin:
        made = admin.agents.create(f"worker-{uuid.uuid4().hex[:8]}")
        config = AxmeClientConfig(api_key=made.create_key().reveal(), base_url=gateway.base_url)
        with AxmeClient(config) as own:
            yield own.agents.handle(made.address)


_CLAIMS = ("agents.claims", "agents.exchange")


class WithoutClaims(AxmeClient):
    """A client of a server that knows no claims."""

    def get_capabilities(self, *, trace_id: str | None = None) -> dict[str, object]:
        said = super().get_capabilities(trace_id=trace_id)
        return said | {"capabilities": [word for word in said["capabilities"] if word not in _CLAIMS]}


@pytest.fixture
def plain_agent(agent: Agent) -> Iterator[Agent]:
    """The same agent on a server without claims."""
    with WithoutClaims(agent._api.config) as own:
        yield own.agents.handle(agent.address)
