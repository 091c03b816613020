"""What a call was: on objects, pages, streams and errors, without a secret, and good to run again."""

from __future__ import annotations

import os
import pickle
import subprocess
import threading
from datetime import timedelta
from typing import Any

import pytest
import responses

from axme import AxmeClient, AxmeClientConfig, AxmeError, AxmeNotFoundError
from axme.calls import CallInfo, latest
from axme.gateway import LocalGateway

PLACE = "http://127.0.0.1:8100"
KEY = "axme_sa_sa1_verysecret"
TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln"


def test_an_object_tells_the_call_it_was_last_seen_in(client: AxmeClient) -> None:
    intent = client.intents.create("budget.v1", to="agent_core", human_task={"title": "Look"}, idempotency_key="ci-1")
    made = intent.call
    assert made is not None
    assert (made.operation, made.method, made.path, made.status, made.attempts) == (
        "create_intent", "POST", "/v1/intents", 200, 1,
    )  # fmt: skip
    assert made.request_id
    assert made.trace_id
    assert made.duration > 0
    assert "POST /v1/intents → 200 in " in repr(made)
    intent.cancel("enough")
    assert intent.call is not None
    assert intent.call.path == f"/v1/intents/{intent.id}/resolve"
    assert client.intents.handle(intent.id).call is None


def test_a_page_its_items_and_a_stream_tell_theirs(client: AxmeClient) -> None:
    intent = client.intents.create("budget.v1", to="agent_core", human_task={"title": "Look"})
    page = client.intents.list(limit=3, intent_type="budget.v1")
    assert page.call is not None
    assert page.call.path == "/v1/intents?limit=3&intent_type=budget.v1"
    assert page[0].call is page.call
    with intent.observe() as events:
        assert events.call is None
        first = next(events)
        client.health()
        second = next(events)
        assert first.call is second.call is events.call
        assert events.call is not None
        assert events.call.operation.startswith("observe") or "/events/stream" in events.call.path


def test_an_error_tells_what_failed(client: AxmeClient) -> None:
    with pytest.raises(AxmeNotFoundError) as caught:
        client.intents.get("nothing")
    call = caught.value.call
    assert call is not None
    assert (call.method, call.path, call.status) == ("GET", "/v1/intents/nothing", 404)
    assert call.request_id == caught.value.request_id
    with (
        pytest.raises(AxmeError) as unreached,
        AxmeClient(AxmeClientConfig(api_key=KEY, base_url="http://127.0.0.1:9", max_retries=0)) as nobody,
    ):
        nobody.health()
    assert unreached.value.call is not None
    assert unreached.value.call.status is None
    assert "no answer" in repr(unreached.value.call)


def test_the_command_does_what_the_call_did_and_a_write_only_once(gateway: LocalGateway, client: AxmeClient) -> None:
    payload = {"text": 'it\'s "quoted" $HOME `id` \n ü'}
    intent = client.intents.create("order.v1", to="curl-er", payload=payload)
    assert intent.call is not None
    command = intent.call.as_curl()
    assert gateway.api_key not in command
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} --silent --show-error"],
        env={**os.environ, "AXME_API_KEY": gateway.api_key},
        capture_output=True,
        text=True,
        check=True,
    )
    assert intent.id in done.stdout
    assert client.intents.get(intent.id).payload == payload
    assert len(client.intents.list(to="curl-er")) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"secret": "two words of it"},
        {"auth": {"webhook_secret": "abcdef"}},
        {"list": [{"password": "hunter22"}]},
        {"note": f"my key is {KEY}"},
        {"note": f"Bearer {TOKEN}"},
    ],
)
def test_no_secret_is_shown(body: dict[str, Any]) -> None:
    config = AxmeClientConfig(api_key=KEY, base_url=PLACE, actor_token=TOKEN)
    with responses.RequestsMock() as server, AxmeClient(config) as client:
        server.post(f"{PLACE}/v1/thing", json={"ok": True})
        client.post("/v1/thing?token=hushhush", json=body)
    call = latest.call
    assert call is not None
    for text in (repr(call), call.path, call.as_curl(), repr(pickle.loads(pickle.dumps(call)).as_curl())):
        for secret in (KEY, TOKEN, "two words", "abcdef", "hunter22", "hushhush"):
            assert secret not in text
    assert '-H "x-api-key: $AXME_API_KEY"' in call.as_curl()
    assert '-H "Authorization: Bearer $AXME_ACTOR_TOKEN"' in call.as_curl()


def test_what_was_pickled_keeps_it_or_comes_back_without(client: AxmeClient) -> None:
    intent = client.intents.create("order.v1", to="pickled", deadline=timedelta(hours=1))
    assert pickle.loads(pickle.dumps(intent)).call is None
    with pytest.raises(AxmeNotFoundError) as caught:
        client.intents.get("nothing")
    again = pickle.loads(pickle.dumps(caught.value.call))
    assert isinstance(again, CallInfo)
    assert caught.value.call is not None
    assert again.as_curl() == caught.value.call.as_curl()


def test_threads_do_not_mix_up_their_calls(client: AxmeClient) -> None:
    wrong: list[str] = []

    def ask(number: int) -> None:
        for _ in range(20):
            page = client.intents.list(limit=number)
            if page.call is None or page.call.path != f"/v1/intents?limit={number}":
                wrong.append(repr(page.call))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
