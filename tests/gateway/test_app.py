"""What the shell promises when things go wrong inside it, or a peer is too slow."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, cast

import pytest
import uvicorn

from axme.contract.codes import UNAVAILABLE
from axme.gateway import protocol
from axme.gateway.app import App
from axme.gateway.errors import GatewayError
from axme.gateway.protocol import PatientProtocol
from axme.gateway.routes import request as request_module
from axme.gateway.routes.measures import Measures
from axme.gateway.routes.paths import Paths
from axme.gateway.routes.request import Request
from axme.gateway.routes.services import Services
from axme.gateway.server import listen
from axme.gateway.settings import Settings


class _Broken:
    """Services whose every dependency fails with something secret."""

    settings = Settings(data_dir=cast(Any, "/nowhere"))
    measures = Measures()

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("SELECT secret FROM /var/lib/keys")


def _exchange(app: App, *, path: str, headers: list[tuple[bytes, bytes]]) -> tuple[int, dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_an_unexpected_failure_is_a_500_that_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    app = App(cast(Services, _Broken()))
    head = [(b"host", b"localhost"), (b"x-api-key", b"k3y"), (b"x-request-id", b"req-7")]
    with caplog.at_level(logging.ERROR, "axme.gateway"):
        status, body = _exchange(app, path="/v1/capabilities", headers=head)
    assert (status, body["error"]["code"], body["error"]["retryable"]) == (500, "internal_error", True)
    assert body["request_id"] == "req-7"
    assert "secret" not in json.dumps(body)
    assert "req-7" in caplog.text
    assert "k3y" not in caplog.text


def test_a_refusal_after_the_head_of_an_answer_is_no_second_answer() -> None:
    async def late(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise GatewayError(UNAVAILABLE, "the database went away")

    app = App(cast(Services, _Broken()))
    app._paths = Paths([("/late", late)])
    with pytest.raises(GatewayError, match="went away"):
        _exchange(app, path="/late", headers=[(b"host", b"localhost")])


@pytest.mark.parametrize("ending", ["silence", "disconnect"])
def test_a_body_that_does_not_arrive_is_never_taken_for_an_empty_one(
    monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(request_module, "BODY_SECONDS", 0.05)

    async def receive() -> dict[str, Any]:
        if ending == "silence":
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    with pytest.raises(GatewayError) as caught:
        asyncio.run(Request(scope, receive).json_object())
    assert caught.value.code.status == 400


async def _serve(app: Any) -> tuple[uvicorn.Server, asyncio.Task[None], int]:
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(app, http=PatientProtocol, lifespan="off", log_config=None, ws="none", interface="asgi3")
    server = uvicorn.Server(config)
    task = asyncio.ensure_future(server._serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    return server, task, listener.getsockname()[1]


def test_a_peer_that_does_not_read_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "STALL_SECONDS", 0.2)
    finished = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(200):
            await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        finished.set()

    async def scene() -> None:
        server, task, port = await _serve(app)
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await asyncio.wait_for(finished.wait(), 5)
        writer.close()
        server.should_exit = True
        await task

    asyncio.run(scene())
