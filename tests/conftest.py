"""Fixtures for every room: real gateways in real processes, and plain HTTP to talk to them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

# Before they are imported: what they find wrong is told in full, as in a test.
pytest.register_assert_rewrite("tests.plain", "tests.web.browser")

from axme.gateway import LocalGateway, start  # noqa: E402
from tests import databases, postgres, reach  # noqa: E402
from tests.plain import Caller, admin  # noqa: E402

if TYPE_CHECKING:
    from axme.client import AxmeClient

HERE = Path(__file__).parent
#: A machine may have much else to do.
START_SECONDS = 60.0
#: Rooms of tests that take minutes: crashes, load, every route with every caller, every page.
SLOW_ROOMS = frozenset({"chaos", "contract_fuzz", "docs", "examples", "hard", "matrix", "nodes", "security", "web"})

# How long an example takes says how busy the machine is, and nothing about what is tested.
settings.register_profile("patient", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_configure() -> None:
    """Take Ctrl-C as usual, here and in the processes that tests start: a run in the background inherits deaf ears."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    databases.open_the_door()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--update-screenshots`` takes the pictures of the documentation anew."""
    parser.addoption("--update-screenshots", action="store_true", help="take the pictures of the documentation anew")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what the quick run leaves out; on PostgreSQL, keep what uses the database of the run."""
    for item in items:
        # Whatever the directory is called that the repository lies in.
        rooms = item.path.relative_to(HERE).parts if item.path.is_relative_to(HERE) else ()
        if SLOW_ROOMS & set(rooms) or "postgresql" in item.name:
            item.add_marker(pytest.mark.slow)
        if "chaos" in rooms:
            item.add_marker(pytest.mark.chaos)
    if databases.kind() == "postgresql":
        kept = [item for item in items if reach.uses_the_database(item) and not item.get_closest_marker("sqlite")]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
        items[:] = kept


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything is installed, a skipped test is one that nobody ran: the whole run fails."""
    databases.close()
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", ()) if reporter else ()
    if skipped and os.environ.get("AXME_TEST_NO_SKIPS"):
        reporter.write_line(f"{len(skipped)} skipped, but AXME_TEST_NO_SKIPS is set", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A directory for one test. The databases of what ran in it are gone after the test."""
    yield tmp_path
    databases.drop_under(tmp_path)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """A PostgreSQL server for the run."""
    if why := postgres.why_absent():
        pytest.skip(why)
    return databases.server()


@pytest.fixture
def postgres_url(postgres_server: str, tmp_path: Path) -> str:
    """A database on it for one test, with the present schema and nothing else."""
    return databases.url(tmp_path, "postgresql")


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGateway]:
    """One gateway for the whole run, on the real clock. Tests share it: use names of your own."""
    with start(data_dir=tmp_path_factory.mktemp("gateway"), timeout=START_SECONDS) as running:
        yield running


@pytest.fixture
def fresh_gateway(tmp_path: Path) -> Iterator[LocalGateway]:
    """An empty gateway for one test, which may stop, kill and restart it."""
    with start(data_dir=tmp_path / "gateway", timeout=START_SECONDS) as running:
        yield running


@pytest.fixture
def movable_gateway(tmp_path: Path) -> Iterator[LocalGateway]:
    """An empty gateway whose clock only the test moves."""
    with start(data_dir=tmp_path / "gateway", clock="test", timeout=START_SECONDS) as running:
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
