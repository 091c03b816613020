"""Ids that look like paths, and bytes no library would send: refused, and nothing has changed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from typing import Any

import pytest

from axme import exceptions as errors
from tests.hard.conftest import World
from tests.hard.kit import snapshot

IDS = [
    "", " ", ".", "..", "../intents", "../../health", "..%2f..%2fhealth", "a/b", "a?b", "a#b", "a%b", "%2e%2e", "%00",
    "a\x00b", "a\nb", "ünïcödé", "\u202e", "😀", "a" * 2048, "a" * 2049, "';--", "*", "{}",
]  # fmt: skip


@pytest.mark.parametrize("wrong", IDS)
def test_an_id_names_one_thing_or_nothing(world: World, wrong: str) -> None:
    client = world.client
    calls: list[Callable[[], Any]] = [
        lambda: client.get_intent(wrong),
        lambda: client.list_intent_events(wrong),
        lambda: client.resolve_intent(wrong, {"status": "CANCELED"}),
        lambda: client.resume_intent(wrong, {"action": "complete"}),
        lambda: client.update_intent_controls(wrong, {"controls": {"paused": True}}),
        lambda: client.approve_inbox_thread(wrong, {"note": "x"}),
        lambda: client.decide_approval(wrong, decision="approve"),
        lambda: client.delete_service_account(wrong),
        lambda: list(client.observe(wrong, timeout_seconds=20)),
    ]
    before = snapshot(world.gateway.data_dir)
    for call in calls:
        with pytest.raises((errors.AxmeValueError, errors.AxmeNotFoundError, errors.AxmeValidationError)):
            call()
    assert snapshot(world.gateway.data_dir) == before


RAW = {
    "NaN": b'{"x":NaN}',
    "infinity": b'{"x":1e999}',
    "deep nesting": b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "many digits": b'{"x":' + b"9" * 5000 + b"}",
    "a key twice": b'{"x":1,"x":2}',
    "bad UTF-8": b'{"x":"\xff"}',
    "half a surrogate pair": b'{"x":"\\ud800"}',
    "U+0000": b'{"x":"\\u0000"}',
}


@pytest.mark.parametrize("verb", ["resolve", "resume", "controls", "policy"])
@pytest.mark.parametrize("name", RAW)
def test_bytes_no_library_would_send_change_nothing(world: World, verb: str, name: str) -> None:
    envelope = {
        "resolve": b'{"status":"COMPLETED","result":%b}',
        "resume": b'{"action":"complete","result":%b}',
        "controls": b'{"controls":%b}',
        "policy": b'{"grants":%b}',
    }[verb]
    before = snapshot(world.gateway.data_dir)
    connection = http.client.HTTPConnection("127.0.0.1", world.gateway.port, timeout=20)
    headers = {"x-api-key": world.gateway.api_key, "content-type": "application/json"}
    connection.request("POST", f"/v1/intents/{world.open}/{verb}", envelope % RAW[name], headers)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert answer.status in (400, 422)
    assert body["error"]["code"] in ("malformed_json", "validation_error")
    assert snapshot(world.gateway.data_dir) == before
