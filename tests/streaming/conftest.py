"""Streams on the real transport, against a scripted server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from axme.config import AxmeClientConfig
from axme.contract.statuses import is_terminal
from axme.streaming import EventStream, pace
from axme.transport import Call, Transport
from tests.streaming.server import INTENT, LIST, STREAM, Server

Follow = Callable[..., EventStream]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "BACKOFF_BASE", 0.002)
    monkeypatch.setattr(pace, "BACKOFF_CAP", 0.02)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def transport(server: Server) -> Iterator[Transport]:
    made = Transport(AxmeClientConfig(base_url=server.url, api_key="key", max_retries=0))
    yield made
    made.close()


def stream_on(
    transport: Transport, since: int = 0, *, poll: bool = True, contiguous: bool = True, **options: Any
) -> EventStream:
    """A stream as the client makes one, with short waits."""

    settings: dict[str, Any] = {"poll_interval": 0.01, "wait_seconds": 15, "timeout": 20.0, "subject": INTENT}
    return EventStream(
        transport,
        lambda cursor: Call(method="GET", path=STREAM, query={"since": cursor}, operation="observe"),
        poll=(lambda cursor: Call(method="GET", path=LIST, query={"since": cursor})) if poll else None,
        since=since,
        contiguous=contiguous,
        stop=lambda event: contiguous and is_terminal(str(event.get("status"))),
        **{**settings, **options},
    )


@pytest.fixture
def follow(transport: Transport) -> Iterator[Follow]:
    opened: list[EventStream] = []

    def make(since: int = 0, **options: Any) -> EventStream:
        opened.append(stream_on(transport, since, **options))
        return opened[-1]

    yield make
    for stream in opened:
        stream.close()
