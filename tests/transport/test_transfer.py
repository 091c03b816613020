"""Files on their way to where the gateway said: whole or not at all, and never with a secret."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from axme import (
    AxmeClientConfig,
    AxmeClosedError,
    AxmeConflictError,
    AxmeConnectionError,
    AxmeProtocolError,
    AxmeTimeoutError,
    AxmeValueError,
)
from axme.transport import Transfer, Transport
from tests.transport.rawserver import Handler, Peer, RawServer, always, answer, script

Serve = Callable[[Handler], RawServer]
DATA = bytes(range(256)) * 1000


def wait_for(done: threading.Event) -> None:
    done.wait(10)


def _send(url: str, data: bytes = DATA, *, size: int | None = None, **options: Any) -> None:
    config = AxmeClientConfig(base_url="http://127.0.0.1:1", api_key="the-key", actor_token="the-token", **options)
    transport = Transport(config)
    transfer = Transfer(
        url=url, source=BytesIO(data), size=len(data) if size is None else size, mime_type="application/pdf"
    )
    transport.transfer(transfer)


def test_the_bytes_arrive_and_nothing_secret_with_them(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password from-the-netrc\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(always(answer()))
    _send(f"{server.url}/bucket/object?signature=abc", trust_env=True)
    (asked,) = server.requests
    assert asked.line == "PUT /bucket/object?signature=abc HTTP/1.1"
    assert asked.body == DATA
    assert {"x-api-key", "authorization", "cookie", "idempotency-key"}.isdisjoint(asked.fields)
    assert b"the-key" not in asked.raw
    assert b"the-token" not in asked.raw
    assert b"from-the-netrc" not in asked.raw


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (answer({"error": {"code": "media_wrong_state", "message": "ready"}}, 409), AxmeConflictError),
        (answer(b"", 302, Location="http://evil.example/"), AxmeProtocolError),
        (b"", AxmeConnectionError),
    ],
    ids=["refused", "redirected", "cut"],
)
def test_what_goes_wrong_is_said_in_our_words(serve: Serve, reply: bytes, error: type[Exception]) -> None:
    def hang_up(peer: Peer) -> None:
        """Say nothing."""

    server = serve(script(reply or hang_up))
    with pytest.raises(error) as caught:
        _send(f"{server.url}/x?signature=secret")
    assert "secret" not in str(caught.value)


def test_a_server_that_takes_nothing_is_given_up(serve: Serve) -> None:
    done = threading.Event()
    server = serve(lambda _: wait_for(done))
    try:
        with pytest.raises(AxmeTimeoutError, match=r"took nothing for 0\.3 s"):
            _send(f"{server.url}/x", b"x" * 50_000_000, timeout_seconds=0.3)
    finally:
        done.set()


def test_a_source_that_is_shorter_than_announced(serve: Serve) -> None:
    server = serve(always(answer()))
    with pytest.raises(AxmeValueError, match="the source ended 5 bytes before its 15"):
        _send(f"{server.url}/x", b"0123456789", size=15)


@pytest.mark.parametrize("url", ["", "ftp://host/x", "file:///etc/passwd", "/v1/media/upload/x"])
def test_a_place_that_is_none(url: str) -> None:
    with pytest.raises(AxmeProtocolError, match="named no place"):
        _send(url)


def test_a_gateway_behind_tls_may_not_ask_for_the_file_in_the_clear() -> None:
    config = AxmeClientConfig(base_url="https://gateway.example", api_key="k")
    with pytest.raises(AxmeProtocolError, match="unencrypted"):
        Transport(config).transfer(Transfer(url="http://h/x", source=BytesIO(b"x"), size=1, mime_type="a/b"))


def test_nothing_is_sent_once_the_client_is_closed() -> None:
    transport = Transport(AxmeClientConfig(base_url="http://127.0.0.1:1", api_key="k"))
    transport.close()
    with pytest.raises(AxmeClosedError):
        transport.transfer(Transfer(url="http://127.0.0.1:1/", source=BytesIO(b"x"), size=1, mime_type="a/b"))


def test_closing_the_client_ends_a_transfer(serve: Serve) -> None:
    server = serve(always(answer()))
    transport = Transport(AxmeClientConfig(base_url="http://127.0.0.1:1", api_key="k"))
    transfer = Transfer(
        url=f"{server.url}/x",
        source=BytesIO(DATA),
        size=len(DATA),
        mime_type="a/b",
        progress=lambda _: transport.close(),
    )
    with pytest.raises(AxmeClosedError):
        transport.transfer(transfer)


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(AxmeConnectionError, match=rf"the upload to 127.0.0.1:{port} broke"):
        _send(f"http://127.0.0.1:{port}/x")
