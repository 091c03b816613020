"""A gateway that is killed while it posts: everything arrives in the end, under the ids it had."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

from axme.gateway import start
from tests.gateway.delivery.target import Server, answering, serving
from tests.plain import until

EVENTS, INTENTS = 12, 8


def ids(server: Server) -> set[str]:
    """The ids of what has arrived."""
    heads = [request.partition(b"\r\n\r\n")[0].decode() for request in server.requests]
    lines = [line for head in heads for line in head.split("\r\n")]
    return {line.partition(": ")[2] for line in lines if line.lower().startswith("webhook-id: ")}


def test_nothing_is_lost_when_the_gateway_dies_with_pushes_under_way(tmp_path: Path) -> None:
    """Killed twice: once while every target hangs, once between the answers of the target and their being noted."""
    let_go = threading.Event()
    answer = answering("200 OK")

    def behave(connection: object) -> None:
        if not let_go.wait(0.2):
            return  # the connection is cut without an answer
        answer(connection)  # type: ignore[arg-type]

    with serving(behave) as server:
        with start(data_dir=tmp_path, clock="test", allow_local_targets=True) as first, first.client() as client:
            worker = client.agents.create("worker")
            worker.deliver_to(f"{server.url}/intents")
            client.webhooks.subscribe(f"{server.url}/events", ["invite.accepted"])
            events = {client.webhooks.publish("invite.accepted", {"n": n}, source="tests").id for n in range(EVENTS)}
            intents = {client.intents.create("task.v1", to=worker, payload={"n": n}).id for n in range(INTENTS)}
            until(lambda: server.connections > 3)
            first.kill()
        let_go.set()
        with start(data_dir=tmp_path, clock="test", allow_local_targets=True) as second:
            until(lambda: len(ids(server)) > 3)
            second.kill()
        with start(data_dir=tmp_path, clock="test", allow_local_targets=True) as third, third.client() as client:
            for _ in range(4):
                third.advance(timedelta(minutes=2))
            assert events <= ids(server)
            assert all(event.delivered == 1 for event in client.webhooks.events() if event.id in events)
            assert {client.intents.get(intent_id).status for intent_id in intents} == {"ACKNOWLEDGED"}
            pushed = {row.id for row in client.deliveries.list()}
            assert ids(server) == events | pushed, "what is sent again is the same as before"
    # A kill may cut a connection before anything was said on it.
    bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests if request]
    told = {body["data"]["intent_id"] for body in bodies if body["type"] == "intent.delivered"}
    assert told == intents
