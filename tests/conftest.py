"""Fixtures for every room: real gateways in real processes, and plain HTTP to talk to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from axme.gateway import LocalGateway, start
from tests.plain import Caller, admin

if TYPE_CHECKING:
    from axme.client import AxmeClient


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGateway]:
    """One gateway for the whole run, on the real clock. Tests share it: use names of your own."""
    with start(data_dir=tmp_path_factory.mktemp("gateway")) as running:
        yield running


@pytest.fixture
def fresh_gateway(tmp_path: Path) -> Iterator[LocalGateway]:
    """An empty gateway for one test, which may stop, kill and restart it."""
    with start(data_dir=tmp_path / "gateway") as running:
        yield running


@pytest.fixture
def movable_gateway(tmp_path: Path) -> Iterator[LocalGateway]:
    """An empty gateway whose clock only the test moves."""
    with start(data_dir=tmp_path / "gateway", clock="test") as running:
        yield running


@pytest.fixture
def caller(gateway: LocalGateway) -> Iterator[Caller]:
    """Plain HTTP to the shared gateway, with the first key."""
    with admin(gateway) as calls:
        yield calls


@pytest.fixture
def client(gateway: LocalGateway) -> Iterator[AxmeClient]:
    """A client of the shared gateway, with the first key."""
    with gateway.client() as made:
        yield made
