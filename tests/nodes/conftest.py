"""A PostgreSQL that may be stopped, and as many gateways on it as a test asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from axme.gateway import LocalGateway
from tests import postgres
from tests.nodes.valve import Valve
from tests.plain import Caller

Join = Callable[..., LocalGateway]


@pytest.fixture(scope="session")
def own_server() -> Iterator[postgres.Private]:
    """A server nobody else uses."""
    if why := postgres.why_no_private():
        pytest.skip(why)
    with postgres.private() as server:
        yield server


@pytest.fixture
def own_database(own_server: postgres.Private) -> Iterator[str]:
    """An empty database on it."""
    with postgres.database(own_server.url) as url:
        yield url


@pytest.fixture
def join(tmp_path: Path, own_database: str) -> Iterator[Join]:
    """Start another node: ``join("--node-id", "a")``; ``database=`` leads it there another way."""
    with ExitStack() as running:
        made = 0

        def start_one(*flags: str, database: str = own_database, timeout: float = 30.0) -> LocalGateway:
            nonlocal made
            made += 1
            flags = ("--allow-local-targets", *flags)
            node = LocalGateway(tmp_path / f"node{made}", 0, "real", database, flags=flags)
            running.callback(node.stop)
            node._launch(timeout)
            return node

        yield start_one


@pytest.fixture
def valve(own_server: postgres.Private) -> Iterator[Valve]:
    """The network between a node and its database."""
    with Valve(own_server.port) as made:
        yield made


@pytest.fixture
def through(valve: Valve, own_database: str) -> str:
    """The database, reached by way of ``valve``."""
    return f"postgresql://postgres@127.0.0.1:{valve.port}/{own_database.rsplit('/', 1)[1]}"


def caller_of(node: LocalGateway, first: LocalGateway) -> Caller:
    """Plain HTTP to ``node`` with the key that ``first`` was given."""
    return Caller(node.base_url, first.api_key)
