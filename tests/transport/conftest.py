from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from axme.config import AxmeClientConfig
from axme.transport import Transport
from tests.transport.rawserver import Handler, RawServer

KEY = "axme_sa_builder_0123456789secret"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AXME_API_KEY", "AXME_BASE_URL", "AXME_ACTOR_TOKEN", "AXME_OWNER_AGENT", "AXME_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[[Handler], RawServer]]:
    servers: list[RawServer] = []

    def start(handler: Handler) -> RawServer:
        servers.append(RawServer(handler))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def connect() -> Iterator[Callable[..., Transport]]:
    """Make transports; ``url`` may be a server. Retries wait almost not at all unless a test says otherwise."""
    made: list[Transport] = []

    def make(url: RawServer | str, *, retry_backoff_seconds: float = 0.001, **options: object) -> Transport:
        base = url if isinstance(url, str) else url.url
        config = AxmeClientConfig(
            base_url=base, api_key=KEY, retry_backoff_seconds=retry_backoff_seconds, **options  # type: ignore[arg-type]
        )  # fmt: skip
        made.append(Transport(config))
        return made[-1]

    yield make
    for transport in made:
        transport.close()
