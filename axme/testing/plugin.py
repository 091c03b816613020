"""The pytest plugin. Nothing but this file is loaded before a test asks for one of its fixtures.

::

    axme_gateway     a real gateway for the whole run, on a clock that tests move
    axme_workspace   a tenant of its own for each test
    axme_client      a client that administers this tenant
    axme_agent       an agent of the tenant, and axme_agents to make others
    axme_people      people who answer by script as the clock moves
    axme_environ     the environment points to this tenant, for code that makes its own client
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from axme.client import AxmeClient
    from axme.resources.agents import Agent
    from axme.testing import AgentFactory, People, Tenant, TestGateway

_TENANT = pytest.StashKey["Tenant"]()


@pytest.fixture(scope="session")
def axme_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestGateway]:
    """A real gateway on a clock that stands still until a test moves it; with xdist, one for each worker.

    It is shared by all tests of the run: what belongs to one test is in its ``axme_workspace``.
    """
    from axme.gateway import GatewayStartError, start

    try:
        local = start(tmp_path_factory.mktemp("axme-gateway"), clock="test", allow_local_targets=True, timeout=60)
    except GatewayStartError as error:
        pytest.fail(f"axme_gateway: {error}", pytrace=False)
    from axme.testing import TestGateway

    with local:
        yield TestGateway(local)


@pytest.fixture
def axme_workspace(axme_gateway: TestGateway, request: pytest.FixtureRequest) -> Iterator[Tenant]:
    """A new organization with one workspace for this test alone: ``client``, ``api_key``, ``organization``, …"""
    from axme.testing import Tenant

    tenant = Tenant(axme_gateway)
    request.node.stash[_TENANT] = tenant
    yield tenant
    tenant.close()


@pytest.fixture
def axme_client(axme_workspace: Tenant) -> AxmeClient:
    """A client that administers the workspace of this test."""
    return axme_workspace.client


@pytest.fixture
def axme_agents(axme_workspace: Tenant) -> Iterator[AgentFactory]:
    """Makes agents of this test's workspace, with a handler or without: ``axme_agents("shop", handler)``."""
    from axme.testing import AgentFactory

    with ExitStack() as until_the_end:
        yield AgentFactory(axme_workspace, until_the_end)


@pytest.fixture
def axme_agent(axme_agents: AgentFactory) -> Agent:
    """The agent ``agent`` of this test's workspace, with a key of its own."""
    return axme_agents("agent")


@pytest.fixture
def axme_people(axme_gateway: TestGateway, axme_workspace: Tenant) -> Iterator[People]:
    """People who answer by script while ``axme_gateway.advance(…)`` lets time pass."""
    from axme.testing import People

    people = People(axme_workspace)
    axme_gateway.joined(people)
    yield people
    axme_gateway.left(people)


@pytest.fixture
def axme_environ(axme_workspace: Tenant, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """``AXME_API_KEY`` and ``AXME_BASE_URL`` are those of this test, and no other setting is in the way."""
    for name in ("AXME_ACTOR_TOKEN", "AXME_OWNER_AGENT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in axme_workspace.environment.items():
        monkeypatch.setenv(name, value)
    return axme_workspace


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """A status that is not the expected one is shown with the life of its intent."""
    if "axme.resources.intent" not in sys.modules:
        return None
    from axme.testing.failures import explained

    return explained(op, left, right)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what became of its intents."""
    made = yield
    if made.when == "call" and made.failed and _TENANT in item.stash:
        from axme.testing.failures import report

        if text := report(item.stash[_TENANT], made.longreprtext):
            made.sections.append(("axme: the intents of this test", text))
    return made
