"""The database stops, starts, falls silent or drops every connection: 503 meanwhile, well again within five seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import requests

from tests.nodes.conftest import Join, caller_of
from tests.nodes.valve import Valve
from tests.plain import Caller, make_agent, until
from tests.postgres import Private

#: What is promised, and what a machine that does something else at the same time may add.
HEAL_SECONDS = 5.0
ANSWER_SECONDS = 6.0
SPARE_SECONDS = 3.0
INTENT = {"intent_type": "test.task.v1", "to_agent": "worker", "payload": {"n": 1}}


def create(caller: Caller, key: str) -> requests.Response:
    return caller.send("POST", "/v1/intents", json=INTENT, headers={"Idempotency-Key": key})


def assert_unavailable(answer: requests.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["error"]["retryable"] is True


def heals(caller: Caller) -> float:
    """Seconds until a write is acknowledged again."""
    began = time.monotonic()
    until(lambda: create(caller, f"healed {time.monotonic()}").status_code == 200, seconds=30)
    return time.monotonic() - began


@contextmanager
def writing(caller_url: str, key: str) -> Iterator[dict[str, list[str]]]:
    """Two writers all the while; what was acknowledged, refused, and what neither."""
    told: dict[str, list[str]] = {"acknowledged": [], "refused": [], "other": []}
    stop = threading.Event()

    def write(name: str) -> None:
        with Caller(caller_url, key) as caller:
            for n in range(100_000):
                if stop.is_set():
                    return
                answer = create(caller, f"{name} {n}")
                if answer.status_code == 200:
                    told["acknowledged"].append(answer.json()["intent_id"])
                elif answer.status_code == 503 and "retry-after" in answer.headers:
                    told["refused"].append(answer.text)
                else:
                    told["other"].append(answer.text)

    threads = [threading.Thread(target=write, args=(name,), daemon=True) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def stored(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT intent_id FROM intents")}


def test_a_database_that_crashes_and_comes_back_costs_no_acknowledged_write(
    join: Join, own_server: Private, own_database: str
) -> None:
    nodes = [join(), join()]
    callers = [caller_of(node, nodes[0]) for node in nodes]
    healed = []
    with writing(nodes[0].base_url, nodes[0].api_key) as one, writing(nodes[1].base_url, nodes[0].api_key) as two:
        for pause in (0.0, 1.0, 2.0):
            own_server.crash()
            until(lambda: create(callers[0], "while it is away").status_code == 503, seconds=10)
            assert_unavailable(callers[0].send("GET", "/v1/intents"))
            time.sleep(pause)
            own_server.start()
            healed += [heals(caller) for caller in callers]
    print(f"{len(one['acknowledged'] + two['acknowledged'])} acknowledged, healed after {healed}")
    assert max(healed) < HEAL_SECONDS
    assert one["other"] == two["other"] == []
    assert set(one["acknowledged"]) | set(two["acknowledged"]) <= stored(own_database)


def test_a_network_that_falls_silent_is_noticed_and_what_was_missed_is_caught_up(
    join: Join, valve: Valve, through: str
) -> None:
    whole, cut = join(), join(database=through)
    direct, caller = caller_of(whole, whole), caller_of(cut, whole)
    intent_id = direct.create()
    with caller.stream(f"/v1/intents/{intent_id}/events/stream", wait_seconds=60) as frames:
        shown = iter(frames)
        assert next(shown).data["event_type"] == "intent.created"
        valve.close()
        began = time.monotonic()
        assert_unavailable(create(caller, "into the silence"))
        assert time.monotonic() - began < ANSWER_SECONDS + SPARE_SECONDS
        began = time.monotonic()
        assert_unavailable(create(caller, "known by now"))
        assert time.monotonic() - began < SPARE_SECONDS
        direct.post(f"/v1/intents/{intent_id}/resolve", {"status": "COMPLETED", "result": {"n": 1}})
        valve.open()
        assert heals(caller) < HEAL_SECONDS + SPARE_SECONDS
        types = [frame.data["event_type"] for frame in shown]
    assert types[-1] == "intent.completed"


def test_a_key_that_was_revoked_in_the_silence_has_nothing_open_afterwards(
    join: Join, valve: Valve, through: str
) -> None:
    whole, cut = join(), join(database=through)
    direct = caller_of(whole, whole)
    intent_id, agent = direct.create(), make_agent(direct)
    left: list[float] = []

    def work(caller: Caller) -> None:
        path = f"/v1/agents/{agent.address}/claims"
        caller.send("POST", path, json={"worker_id": "w", "wait_seconds": 30})
        left.append(time.monotonic())

    with Caller(cut.base_url, agent.key) as caller, Caller(cut.base_url, agent.key) as worker:
        until(lambda: caller.send("GET", f"/v1/intents/{intent_id}").status_code == 200)
        in_line = threading.Thread(target=work, args=(worker,), daemon=True)
        in_line.start()
        with caller.stream(f"/v1/intents/{intent_id}/events/stream", wait_seconds=60) as frames:
            shown = iter(frames)
            assert next(shown).data["event_type"] == "intent.created"
            began = time.monotonic()
            valve.close()
            direct.post(f"/v1/service-accounts/{agent.service_account_id}/keys/{agent.key_id}/revoke")
            until(lambda: create(caller, "into the silence").status_code == 503, seconds=30)
            valve.open()
            assert [frame.event for frame in shown][-1] == "stream.timeout"
            assert time.monotonic() - began < 25, "it went on until its time was over"
        in_line.join(30)
        assert left[0] - began < 25
        until(lambda: caller.send("GET", f"/v1/intents/{intent_id}").status_code == 401)


def test_a_server_that_drops_every_connection_is_asked_again(join: Join, own_server: Private) -> None:
    node = join()
    caller = caller_of(node, node)
    for n in range(5):
        with psycopg.connect(own_server.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        assert heals(caller) < HEAL_SECONDS, n
