"""Event streams over a real socket."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import requests

from axme.gateway import LocalGateway
from axme.gateway.delivery.sse import event_frame
from tests.plain import Caller, Frame, make_agent, refused, until

pytestmark = pytest.mark.slow


def _path(intent_id: str) -> str:
    return f"/v1/intents/{intent_id}/events/stream"


def _collect(caller: Caller, path: str, **query: Any) -> list[Frame]:
    with caller.stream(path, **query) as frames:
        return list(frames)


def test_frames_are_byte_exact_and_equal_to_the_list(caller: Caller) -> None:
    intent_id = caller.create()
    frames = _collect(caller, _path(intent_id), wait_seconds=1)
    events = caller.get(f"/v1/intents/{intent_id}/events")["events"]
    assert [frame.raw for frame in frames[:-1]] == [event_frame(event) for event in events]
    assert [frame.id for frame in frames] == [1, 2, 3, 3]
    assert all(frame.data["seq"] == frame.id and frame.data["event_type"] == frame.event for frame in frames[:-1])
    assert frames[-1].raw == b'id: 3\nevent: stream.timeout\ndata: {"next_seq":3}\n\n'


def test_the_head_of_a_stream(caller: Caller) -> None:
    intent_id = caller.create()
    with caller.send("GET", _path(intent_id), params={"wait_seconds": 1}, stream=True) as answer:
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        assert answer.headers["transfer-encoding"] == "chunked"
        assert answer.headers["x-request-id"]


def test_an_event_is_pushed_and_the_terminal_one_closes(caller: Caller) -> None:
    intent_id = caller.create()
    with caller.stream(_path(intent_id), since=3, wait_seconds=30) as frames:
        caller.post(f"/v1/intents/{intent_id}/resolve", {"status": "COMPLETED", "result": {"x": "ü\n\u2028"}})
        seen = list(frames)
    assert [frame.event for frame in seen] == ["intent.in_progress", "intent.completed"]
    assert [frame.id for frame in seen] == [4, 5]


def test_a_finished_intent_is_told_in_full_and_closed_at_once(caller: Caller) -> None:
    intent_id = caller.create()
    caller.post(f"/v1/intents/{intent_id}/resolve", {"status": "CANCELED", "reason": "no longer needed"})
    began = time.monotonic()
    assert [frame.event for frame in _collect(caller, _path(intent_id), wait_seconds=30)][-1] == "intent.canceled"
    only = _collect(caller, _path(intent_id), since=4, wait_seconds=30)
    assert [(frame.event, frame.data) for frame in only] == [("stream.timeout", {"next_seq": 4})]
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("since", [3, 4])
def test_last_and_last_plus_one_show_the_same_next_event(caller: Caller, since: int) -> None:
    intent_id = caller.create()
    with caller.stream(_path(intent_id), since=since, wait_seconds=10) as frames:
        caller.post(f"/v1/intents/{intent_id}/resume", {"actor": "tester"})
        assert next(iter(frames)).id == 4


def test_errors_before_the_stream_are_envelopes(caller: Caller, gateway: LocalGateway) -> None:
    missing = caller.send("GET", _path("00000000-0000-0000-0000-000000000000"))
    refused(missing, 404, "not_found")
    refused(requests.get(gateway.base_url + _path("x"), timeout=5), 401, "missing_platform_api_key")


def test_many_observers_see_the_same_bytes(caller: Caller, gateway: LocalGateway) -> None:
    intent_id = caller.create()
    seen: list[list[bytes]] = []

    def observe() -> None:
        with Caller(gateway.base_url, caller.key) as own:
            seen.append([frame.raw for frame in _collect(own, _path(intent_id), wait_seconds=30)])

    threads = [threading.Thread(target=observe) for _ in range(20)]
    for thread in threads:
        thread.start()
    for n in range(10):
        caller.post(f"/v1/intents/{intent_id}/resume", {"actor": f"tester-{n}"})
    caller.post(f"/v1/intents/{intent_id}/resolve", {"status": "FAILED", "error": {"why": "test"}})
    for thread in threads:
        thread.join()
    events = caller.get(f"/v1/intents/{intent_id}/events")["events"]
    assert seen == [[event_frame(event) for event in events]] * 20


def test_an_agent_hears_what_waits_and_what_comes(caller: Caller, gateway: LocalGateway) -> None:
    agent = make_agent(caller)
    first = caller.create(agent.address, correlation_id="corr-1", payload={"deep": [1]})
    name = agent.address.rpartition("/")[2]
    with Caller(gateway.base_url, agent.key) as own:
        with own.stream(f"/v1/agents/{name}/intents/stream", wait_seconds=30) as frames:
            stream = iter(frames)
            waiting = next(stream)
            second = caller.create(agent.address)
            coming = next(stream)
        assert [waiting.data["intent_id"], coming.data["intent_id"]] == [first, second]
        assert waiting.event == coming.event == "intent.delivered"
        assert waiting.data["seq"] == waiting.id
        assert waiting.data["payload"] == {"deep": [1]}
        assert waiting.data["correlation_id"] == "corr-1"
        assert waiting.data["status"] == "DELIVERED"
        assert coming.id >= waiting.id + 2
        for since in (waiting.id, waiting.id + 1):
            again = _collect(own, f"/v1/agents/{name}/intents/stream", since=since, wait_seconds=1)
            assert [frame.id for frame in again] == [coming.id, coming.id]


def test_finished_intents_are_left_out_unless_asked_for(caller: Caller) -> None:
    agent = make_agent(caller)
    done, pending = caller.create(agent.address), caller.create(agent.address)
    caller.post(f"/v1/intents/{done}/resolve", {"status": "COMPLETED", "result": {}})
    path = f"/v1/agents/{agent.address}/intents/stream"
    assert [frame.data.get("intent_id") for frame in _collect(caller, path, wait_seconds=1)] == [pending, None]
    asked = _collect(caller, path, wait_seconds=1, status="RESOLVED")
    assert [frame.data.get("intent_id") for frame in asked] == [done, None]


@pytest.mark.parametrize("form", ["{name}", "{full}", "{quoted}", "{collapsed}", "{bare}"])
def test_every_spelling_of_an_address_in_a_path(caller: Caller, form: str) -> None:
    agent = make_agent(caller)
    bare = agent.address.removeprefix("agent://")
    spelled = form.format(
        name=bare.rpartition("/")[2],
        full=agent.address,
        quoted=requests.utils.quote(agent.address, safe=""),
        collapsed=agent.address.replace("//", "/"),
        bare=bare,
    )
    assert caller.get(f"/v1/agents/{spelled}")["agent"]["address"] == agent.address
    intent_id = caller.create(agent.address)
    frames = _collect(caller, f"/v1/agents/{spelled}/intents/stream", wait_seconds=1)
    assert frames[0].data["intent_id"] == intent_id


def test_a_revoked_key_ends_its_streams_at_once_and_gets_401(caller: Caller, gateway: LocalGateway) -> None:
    agent = make_agent(caller)
    intent_id = caller.create(agent.address)
    with Caller(gateway.base_url, agent.key) as own, own.stream(_path(intent_id), since=3, wait_seconds=60) as frames:
        began = time.monotonic()
        caller.post(f"/v1/service-accounts/{agent.service_account_id}/keys/{agent.key_id}/revoke")
        assert [frame.event for frame in frames] == ["stream.timeout"]
        assert time.monotonic() - began < 10
        refused(own.send("GET", f"/v1/intents/{intent_id}"), 401, "invalid_platform_api_key")


def test_a_reader_that_left_is_forgotten(fresh_gateway: LocalGateway) -> None:
    import os

    with Caller(fresh_gateway.base_url, fresh_gateway.api_key) as caller:
        intent_id = caller.create()
        fds = f"/proc/{fresh_gateway.pid}/fd"
        before = len(os.listdir(fds))
        gone = [caller.send("GET", _path(intent_id), params={"wait_seconds": 60}, stream=True) for _ in range(10)]
        assert len(os.listdir(fds)) >= before + 9
        for answer in gone:
            answer.close()
        until(lambda: len(os.listdir(fds)) <= before + 1)


def test_an_observer_that_does_not_read_holds_up_nobody(caller: Caller, gateway: LocalGateway) -> None:
    agent = make_agent(caller)
    path = f"/v1/agents/{agent.address}/intents/stream"
    lazy = caller.send("GET", path, params={"wait_seconds": 60}, stream=True)
    big = {"x": "y" * 100_000}
    sent = [caller.create(agent.address, payload=big) for _ in range(60)]
    with Caller(gateway.base_url, agent.key) as own:
        seen = [frame.data.get("intent_id") for frame in _collect(own, path, wait_seconds=2)]
    assert seen == [*sent, None]
    lazy.close()
