"""A gateway that may send to this machine, an agent of its own for each test, and who receives."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from axme import Agent, AxmeClient
from axme.gateway import LocalGateway, start


@pytest.fixture(scope="session")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGateway]:
    """A gateway that may send to this machine, with a clock to move."""
    with start(data_dir=tmp_path_factory.mktemp("sender"), clock="test", allow_local_targets=True) as running:
        yield running


@pytest.fixture
def client(sender: LocalGateway) -> Iterator[AxmeClient]:
    """A client with the gateway's first key."""
    with sender.client() as made:
        yield made


@pytest.fixture
def shop(client: AxmeClient) -> Agent:
    """An agent whom nobody else uses."""
    return client.agents.create(f"shop-{uuid.uuid4().hex[:8]}")
