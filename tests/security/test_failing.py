"""When something it depends on fails, the gateway denies: 503 where trying again helps, and no word of what broke."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from axme.contract.clock import MovableClock
from axme.gateway.actions import admission
from axme.gateway.app import App
from axme.gateway.delivery.broadcaster import Broadcaster
from axme.gateway.routes.access import Gatekeeper
from axme.gateway.routes.services import Services
from axme.gateway.settings import Settings
from axme.gateway.store import Tx
from axme.gateway.store.errors import unavailable
from axme.gateway.store.tables import intents
from axme.gateway.trail import Trail
from tests import databases
from tests.gateway.rig import Rig, refusal

#: What an answer must never tell.
INSIDE = ("SELECT", "Traceback", "sqlite", "psycopg", "/var/lib", "hunter2", ".py", "line ")
BROKEN = databases.trouble("disk I/O error: SELECT secret WHERE password = 'hunter2' in /var/lib/axme.db")
PATHS = ["/v1/intents", "/v1/me", "/v1/invites/the-token-of-it", "/v1/agents/worker/policy"]


class _Failing:
    """A store that works until ``fails`` is set, and then raises it in whatever is named by ``ways``."""

    def __init__(self, rig: Rig) -> None:
        self._store = rig.store
        self.fails: BaseException | None = None
        self.ways: frozenset[str] = frozenset()
        self.written = 0

    async def _run(self, way: str, action: Any) -> Any:
        if self.fails is not None and way in self.ways:
            raise self.fails
        return getattr(self._store, f"{'write' if way == 'write' else 'read'}_sync")(action)

    async def write(self, action: Any) -> Any:
        self.written += 1
        return await self._run("write", action)

    async def read(self, action: Any) -> Any:
        return await self._run("read", action)

    async def glance(self, action: Any) -> Any:
        return await self._run("glance", action)


@pytest.fixture
def store(one_rig: Rig) -> _Failing:
    return _Failing(one_rig)


Heard = tuple[int, dict[str, Any], dict[bytes, bytes]]


def _ask(store: _Failing, key: str, method: str, path: str, body: bytes = b"") -> Heard:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    async def exchange() -> None:
        settings = Settings(data_dir="/nowhere")  # type: ignore[arg-type]
        loop: Any = asyncio.get_running_loop()
        parts: Any = dict.fromkeys(("engine", "outbox", "desk"), None)
        trail = Trail(store)  # type: ignore[arg-type]
        services = Services(
            settings=settings,
            store=store,  # type: ignore[arg-type]
            clock=MovableClock(),
            broadcaster=Broadcaster(loop),
            gatekeeper=Gatekeeper(store, trail),  # type: ignore[arg-type]
            trail=trail,
            admin_address=None,
            **parts,
        )
        headers = [(b"host", b"localhost"), (b"x-api-key", key.encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
        scope["scheme"] = "http"
        await App(services)(scope, receive, send)

    asyncio.run(exchange())
    return sent[0]["status"], json.loads(sent[1]["body"]), dict(sent[0]["headers"])


def _silent(body: dict[str, Any]) -> None:
    assert [word for word in INSIDE if word.lower() in json.dumps(body).lower()] == []
    assert body["request_id"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("way", ["glance", "read"])
def test_where_keys_cannot_be_looked_up_nobody_is_let_in(store: _Failing, one_rig: Rig, path: str, way: str) -> None:
    store.fails, store.ways = unavailable(OperationalError("SELECT 1", {}, BROKEN)), frozenset({"glance", way})
    status, body, headers = _ask(store, one_rig.first.api_key, "GET", path)
    assert (status, body["error"]["retryable"]) == (503, True)
    assert headers[b"retry-after"] == b"1"
    _silent(body)


@pytest.mark.parametrize("failure", [BROKEN, RuntimeError(str(BROKEN)), KeyError("hunter2"), RecursionError("SELECT")])
@pytest.mark.parametrize("way", ["glance", "read", "write"])
def test_whatever_breaks_nothing_is_done_and_nothing_told(
    store: _Failing, one_rig: Rig, way: str, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    before = one_rig.store.read_sync(_count)
    store.fails, store.ways = failure, frozenset({way})
    with caplog.at_level(logging.DEBUG):
        body = json.dumps({"intent_type": "a.test.v1", "to_agent": "worker", "payload": {}}).encode()
        status, answer, _ = _ask(store, one_rig.first.api_key, "POST", "/v1/intents", body)
    assert status == 500
    _silent(answer)
    assert one_rig.store.read_sync(_count) == before
    assert one_rig.first.api_key not in caplog.text


def _count(tx: Tx) -> Any:
    return tx.query(select(func.count()).select_from(intents))


def test_a_failure_is_logged_without_the_token_in_its_path(
    store: _Failing, one_rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    store.fails, store.ways = RuntimeError("broken"), frozenset({"read", "glance"})
    with caplog.at_level(logging.DEBUG):
        assert _ask(store, one_rig.first.api_key, "GET", "/v1/invites/the-token-of-it")[0] == 500
    assert "/v1/invites/(token)" in caplog.text
    assert "the-token-of-it" not in caplog.text


@pytest.mark.parametrize("to_agent", ["agent://local/default/admin", "agent://acme/other/peer"])
def test_a_policy_that_cannot_be_read_lets_nobody_pass(
    one_rig: Rig, monkeypatch: pytest.MonkeyPatch, to_agent: str
) -> None:
    peer = one_rig.peer("acme")
    one_rig.create(who=peer)
    before = one_rig.store.read_sync(_count)

    def broken(*_: Any, **__: Any) -> Any:
        raise BROKEN

    monkeypatch.setattr(admission.cross_org, "refusal", broken)
    refused = refusal(lambda: one_rig.create(who=peer, to_agent=to_agent))
    assert (refused.code.status, "hunter2" in refused.message) == (503, False)
    assert one_rig.store.read_sync(_count) == before
