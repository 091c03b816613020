"""Two gateways on one PostgreSQL hear of each other's commits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from axme.gateway.store import Notice, Store, topics
from tests.gateway.rig import Rig

pytestmark = pytest.mark.slow


@pytest.fixture
def nodes(postgres_url: str) -> Iterator[tuple[Rig, list[Notice], Store]]:
    """A node that writes, and what another one hears."""
    rig = Rig(postgres_url)
    other = Store.open(postgres_url, rig.clock)
    heard: list[Notice] = []
    other.on_commit = heard.extend
    yield rig, heard, other
    other.close()
    rig.close()


def eventually(seen: Callable[[], bool]) -> None:
    """Wait until ``seen``, for ten seconds at most."""
    until = time.monotonic() + 10
    while not seen():
        assert time.monotonic() < until, "this did not happen in time"
        time.sleep(0.01)


def intent_news(notices: list[Notice]) -> list[Notice]:
    """The notices about intents and deliveries."""
    return [notice for notice in notices if notice.topic.startswith(("intent:", "agent:"))]


@pytest.mark.parametrize("size", [10, 9000])
def test_the_other_node_hears_the_same_once(nodes: tuple[Rig, list[Notice], Store], size: int) -> None:
    rig, heard, _ = nodes
    rig.notices.clear()
    intent_id = rig.create(payload={"text": "x" * size}, human_task=None)
    rig.resolve(intent_id, "COMPLETED", result={"text": "y" * size})
    eventually(lambda: len(intent_news(heard)) == len(intent_news(rig.notices)))
    mine = {(n.topic, n.seq): n.data for n in intent_news(rig.notices) if n.topic.startswith("intent:")}
    others = {(n.topic, n.seq): n.data for n in intent_news(heard) if n.topic.startswith("intent:")}
    assert others == mine
    (delivery,) = [n for n in heard if n.topic == topics.agent("agent://local/default/worker")]
    assert delivery.data is not None
    assert delivery.data["payload"] == {"text": "x" * size}
    time.sleep(0.3)
    assert len(intent_news(heard)) == len(mine) + 1


def test_a_node_that_was_cut_off_listens_again(nodes: tuple[Rig, list[Notice], Store]) -> None:
    rig, heard, other = nodes
    heard.clear()
    others = "FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    rig.store.read_sync(lambda tx: tx.query(text(f"SELECT pg_terminate_backend(pid) {others}")))

    def heard_a_new_one() -> bool:
        intent_id = rig.create()
        time.sleep(0.1)
        return any(notice.topic == topics.intent(intent_id) for notice in heard)

    eventually(heard_a_new_one)
    # Whoever follows anything is told to read again what came meanwhile.
    assert [notice.topic for notice in heard].count(topics.ANYTHING) == 1
    assert other.write_sync(lambda tx: 1) == 1
