"""A node dies or stands still: what it had in hand is another's within twenty seconds, and its own answer too late."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text

from axme.contract.clock import SystemClock
from axme.gateway import LocalGateway
from axme.gateway.errors import GatewayError
from axme.gateway.store import Store, Tx
from tests.gateway.delivery.target import answering, serving
from tests.nodes.conftest import Join
from tests.plain import until

TAKEOVER_SECONDS = 20.0


def holder(url: str) -> str | None:
    """The node that has a push in hand."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT node_id FROM nodes JOIN jobs ON taken_by = run_id").fetchone()
    return row[0] if row else None


def kill(node: LocalGateway) -> None:
    node.kill()


def pause(node: LocalGateway) -> None:
    assert node.pid is not None
    os.kill(node.pid, signal.SIGSTOP)


@pytest.mark.parametrize("end", [kill, pause])
def test_a_push_of_a_lost_node_is_sent_by_another(
    join: Join, own_database: str, end: Callable[[LocalGateway], None]
) -> None:
    answer, hang = answering("200 OK"), threading.Event()
    arrived: list[float] = []

    def behave(connection: object) -> None:
        arrived.append(time.monotonic())
        if len(arrived) == 1:
            hang.wait(60)
        answer(connection)  # type: ignore[arg-type]

    with serving(behave) as target:
        nodes = {name: join("--node-id", name) for name in ("one", "two")}
        with nodes["one"].client() as client:
            client.webhooks.subscribe(f"{target.url}/events", ["invite.accepted"])
            event = client.webhooks.publish("invite.accepted", {"n": 1}, source="tests")
            key = nodes["one"].api_key
        until(lambda: len(arrived) == 1)
        name = until(lambda: holder(own_database))
        lost = nodes.pop(name)
        (left,) = nodes.values()
        end(lost)
        began = time.monotonic()
        until(lambda: len(arrived) == 2, seconds=TAKEOVER_SECONDS + 10)
        print(f"taken over after {time.monotonic() - began:.1f} s")
        assert time.monotonic() - began < TAKEOVER_SECONDS
        hang.set()
        with left.client(api_key=key) as client:
            until(lambda: client.webhooks.event(event.id).delivered == 1)
            before = attempts(own_database)
            if end is pause:
                assert lost.pid is not None
                last = seen(own_database, name)
                os.kill(lost.pid, signal.SIGCONT)
                # What the other has settled is not settled once more by who comes late.
                until(lambda: holder(own_database) is None)
                until(lambda: seen(own_database, name) != last, seconds=30)
            assert attempts(own_database) == before
            assert client.webhooks.event(event.id).delivered == 1


def seen(url: str, name: str) -> list[tuple[object, ...]]:
    """When a node was last seen alive."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT run_id, seen_at FROM nodes WHERE node_id = %s", [name]).fetchall()


def attempts(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT status, attempt_count FROM webhook_deliveries").fetchall()


def test_who_stands_still_in_a_transaction_loses_it(own_database: str) -> None:
    """Its locked rows are free for others after ten seconds, and its late commit fails."""
    slow, quick = (Store.open(own_database, SystemClock()) for _ in range(2))
    try:
        slow.write_sync(lambda tx: tx.query(text("CREATE TABLE marks (n bigint, who text)")))
        slow.write_sync(lambda tx: tx.query(text("INSERT INTO marks VALUES (1, 'nobody')")))
        inside, go_on = threading.Event(), threading.Event()

        def stand_still(tx: Tx) -> None:
            tx.query(text("UPDATE marks SET who = 'slow'"))
            inside.set()
            go_on.wait(60)

        late = slow._runner.write(stand_still)
        inside.wait(10)

        def take() -> bool:
            try:
                quick.write_sync(lambda tx: tx.query(text("UPDATE marks SET who = 'quick'")))
            except GatewayError:
                return False
            return True

        until(take, seconds=TAKEOVER_SECONDS)
        go_on.set()
        with pytest.raises(GatewayError) as refused:
            late.result(20)
        assert refused.value.code.status == 503
        assert quick.read_sync(lambda tx: tx.query(text("SELECT who FROM marks"))) == [{"who": "quick"}]
        assert slow.write_sync(lambda tx: 1) == 1
    finally:
        slow.close()
        quick.close()
