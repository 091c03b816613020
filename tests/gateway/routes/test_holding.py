"""Waiting for the end of an intent where no news of it come: what was missed is found in the store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from time import monotonic
from types import SimpleNamespace
from typing import Any, cast

import pytest

from axme.gateway.actions.idempotency import Answer
from axme.gateway.delivery.broadcaster import Broadcaster
from axme.gateway.exchange import WHEN_GONE
from axme.gateway.routes import holding
from axme.gateway.routes.request import Request
from tests.gateway.rig import Rig

DONE = {"status": "COMPLETED", "result": {"n": 1}}


def hold(
    rig: Rig, intent_id: str, *, replayed: bool = False, seconds: int = 30, leaves: bool = False
) -> dict[str, Any]:
    """The held answer, on a node that hears of no commit."""

    def when_gone(call: Callable[[], None] | None) -> None:
        if leaves and call is not None:
            call()

    async def scene() -> str:
        services = SimpleNamespace(store=rig.store, broadcaster=Broadcaster(asyncio.get_running_loop()))
        scope: Any = {"method": "POST", "path": "/", "query_string": b"", "headers": [], WHEN_GONE: when_gone}
        asked = SimpleNamespace(query={"wait_seconds": seconds}, who=rig.who)
        text = json.dumps({"ok": True, "intent_id": intent_id})
        request = Request(scope, cast(Any, None))
        return await holding.hold(cast(Any, services), request, cast(Any, asked), Answer(text, replayed))

    answer: dict[str, Any] = json.loads(asyncio.run(scene()))
    return answer


def test_an_end_before_the_wait_began_is_seen_a_little_later(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "LOOK_SECONDS", 0.05)
    intent_id = rig.create()
    rig.resolve(intent_id, **DONE)
    answer = hold(rig, intent_id)
    assert (answer["waited"], answer["intent"]["result"]) == (True, {"n": 1})


def test_an_intent_that_was_sent_before_is_looked_at_first(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "LOOK_SECONDS", 3600)
    intent_id = rig.create()
    rig.resolve(intent_id, **DONE)
    assert hold(rig, intent_id, replayed=True)["intent"]["status"] == "COMPLETED"


def test_a_wait_that_is_over_tells_how_it_is(rig: Rig) -> None:
    began = monotonic()
    assert hold(rig, rig.create(), seconds=1)["intent"]["status"] == "DELIVERED"
    assert monotonic() - began >= 1


def test_nothing_is_held_for_who_has_gone(rig: Rig) -> None:
    began = monotonic()
    hold(rig, rig.create(), leaves=True)
    assert monotonic() - began < 30
