"""The mesh on the wire: one request each, metrics that arrive once, and a heartbeat that survives."""

from __future__ import annotations

import inspect
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from axme import AxmeClient, AxmeServerError, AxmeValidationError, AxmeValueError, MeshClient
from axme_sdk import MeshClient as OlderMeshClient
from tests.plain import until
from tests.wire.recorder import Recorder

CALLS: dict[str, tuple[Callable[[MeshClient], Any], str, str, dict[str, str]]] = {
    "heartbeat": (lambda m: m.heartbeat(), "POST", "/v1/mesh/heartbeat", {}),
    "list_agents": (
        lambda m: m.list_agents(health="killed"),
        "GET",
        "/v1/mesh/agents",
        {"limit": "100", "health": "killed"},
    ),
    "get_agent": (lambda m: m.get_agent("addr_1"), "GET", "/v1/mesh/agents/addr_1", {}),
    "kill": (lambda m: m.kill(address_id="addr_1"), "POST", "/v1/mesh/agents/addr_1/kill", {}),
    "resume": (lambda m: m.resume("addr_1"), "POST", "/v1/mesh/agents/addr_1/resume", {}),
    "list_events": (
        lambda m: m.list_events(event_type="agent.killed"),
        "GET",
        "/v1/mesh/events",
        {"limit": "50", "event_type": "agent.killed"},
    ),
}
FORMS = {
    "heartbeat": "metrics=None trace_id=None",
    "start_heartbeat": "interval_seconds=30.0 include_metrics=True",
    "stop_heartbeat": "",
    "report_metric": "success=True latency_ms=None cost_usd=None",
    "list_agents": "limit=100 health=None trace_id=None",
    "get_agent": "address_id trace_id=None",
    "kill": "address_id trace_id=None",
    "resume": "address_id trace_id=None",
    "list_events": "limit=50 event_type=None trace_id=None",
}


@pytest.mark.parametrize("name", CALLS)
def test_a_flat_call_is_one_request(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    call, method, path, query = CALLS[name]
    assert call(flat.mesh) == {"ok": True}
    assert [(asked.method, asked.path, asked.query) for asked in recorder.asked] == [(method, path, query)]


@pytest.mark.parametrize("name", FORMS)
def test_the_calls_take_what_older_programs_give(name: str) -> None:
    ours = inspect.signature(getattr(MeshClient, name)).parameters
    for form in FORMS[name].split():
        wanted, _, default = form.partition("=")
        assert wanted in ours
        assert not default or repr(ours[wanted].default) == default


def test_one_client_has_one_mesh(flat: AxmeClient) -> None:
    assert flat.mesh is flat.mesh
    assert OlderMeshClient is MeshClient


@pytest.mark.parametrize("verb", ["kill", "resume"])
def test_a_switch_is_thrown_once(verb: str, flat: AxmeClient, recorder: Recorder) -> None:
    recorder.answer({"ok": False}, 503)
    with pytest.raises(AxmeServerError):
        getattr(flat.mesh, verb)("addr_1")
    assert len(recorder.asked) == 1


def test_what_was_reported_goes_with_the_next_heartbeat(flat: AxmeClient, recorder: Recorder) -> None:
    flat.mesh.report_metric(latency_ms=10, cost_usd=0.25)
    flat.mesh.report_metric(success=False, latency_ms=30)
    flat.mesh.heartbeat()
    assert recorder.last.body == {
        "metrics": {
            "intents_total": 2,
            "intents_succeeded": 1,
            "intents_failed": 1,
            "avg_latency_ms": 20.0,
            "cost_usd": 0.25,
        }
    }
    flat.mesh.heartbeat()
    assert recorder.last.body is None
    flat.mesh.heartbeat(metrics={"intents_total": 3})
    assert recorder.last.body == {"metrics": {"intents_total": 3}}


def test_metrics_that_may_not_have_arrived_are_sent_again_under_the_same_key(recorder: Recorder) -> None:
    with recorder.client(max_retries=0) as client:
        client.mesh.report_metric()
        recorder.answer({"ok": False}, 500)
        with pytest.raises(AxmeServerError):
            client.mesh.heartbeat()
        client.mesh.report_metric()
        client.mesh.heartbeat()
        client.mesh.heartbeat()
    first, again, rest = recorder.asked
    assert (first.body, first.headers["idempotency-key"]) == (again.body, again.headers["idempotency-key"])
    assert rest.body["metrics"]["intents_total"] == 1
    assert rest.headers["idempotency-key"] != first.headers["idempotency-key"]


def test_metrics_the_gateway_refuses_do_not_hold_up_the_others(flat: AxmeClient, recorder: Recorder) -> None:
    flat.mesh.report_metric()
    recorder.answer({"ok": False}, 422)
    with pytest.raises(AxmeValidationError):
        flat.mesh.heartbeat()
    flat.mesh.heartbeat()
    assert recorder.last.body is None


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "1", True])
def test_a_number_that_is_none_is_refused(flat: AxmeClient, wrong: Any) -> None:
    with pytest.raises(AxmeValueError):
        flat.mesh.report_metric(latency_ms=wrong)
    with pytest.raises(AxmeValueError):
        flat.mesh.report_metric(cost_usd=wrong)


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf")])
def test_an_interval_is_above_zero(flat: AxmeClient, wrong: float) -> None:
    with pytest.raises(AxmeValueError):
        flat.mesh.start_heartbeat(interval_seconds=wrong)


def heartbeats() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "axme-heartbeat"]


def test_the_heartbeat_survives_failures_and_keeps_what_it_could_not_send(recorder: Recorder) -> None:
    with recorder.client(max_retries=0) as client:
        recorder.answer({"ok": False}, 503)
        recorder.answer("nonsense")
        client.mesh.report_metric()
        client.mesh.start_heartbeat(interval_seconds=0.01)
        client.mesh.start_heartbeat(interval_seconds=0.01)
        assert len(heartbeats()) == 1
        until(lambda: len(recorder.asked) > 4)
        told = [asked for asked in recorder.asked if asked.body]
        assert len(told) >= 2
        assert len({asked.headers["idempotency-key"] for asked in told}) == 1
        client.mesh.stop_heartbeat()
        assert heartbeats() == []
        client.mesh.start_heartbeat(interval_seconds=0.01, include_metrics=False)
        assert len(heartbeats()) == 1
    until(lambda: not heartbeats())


def test_a_closed_client_ends_its_heartbeat(flat: AxmeClient) -> None:
    flat.mesh.start_heartbeat()
    assert heartbeats()
    assert heartbeats()[0].daemon
    flat.close()
    until(lambda: not heartbeats())


def test_a_forked_child_begins_anew(flat: AxmeClient, recorder: Recorder) -> None:
    flat.mesh.report_metric()
    flat.mesh.start_heartbeat(interval_seconds=60)
    until(lambda: recorder.asked)
    flat.mesh.report_metric(success=False)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with flat.mesh._here().lock:
            os.write(writing, repr((flat.mesh._here().thread, flat.mesh._here().gathered.failed)).encode())
        flat.mesh.start_heartbeat(interval_seconds=60)
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100) == b"(None, 0)"
    os.close(reading)
    os.close(writing)
    flat.mesh.heartbeat()
    assert recorder.last.body["metrics"]["intents_failed"] == 1
