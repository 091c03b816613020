"""The kill switch on two nodes that share a database: at once, in both directions, on streams that are open."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from axme import AxmeClient, AxmeClientConfig, AxmeClosedError, AxmePermissionError
from axme.gateway import LocalGateway, start
from tests.plain import until


@pytest.fixture
def nodes(tmp_path: Path, postgres_url: str) -> Iterator[tuple[LocalGateway, LocalGateway]]:
    with ExitStack() as opened:
        one, two = (
            opened.enter_context(start(data_dir=tmp_path / n, database=postgres_url, timeout=60))
            for n in ("one", "two")
        )
        yield one, two


def as_agent(node: LocalGateway, admin: AxmeClient, name: str) -> AxmeClient:
    key = admin.agents.create(name).create_key().reveal()
    return AxmeClient(AxmeClientConfig(api_key=key, base_url=node.base_url))


def test_a_kill_on_one_node_is_felt_on_the_other(nodes: tuple[LocalGateway, LocalGateway]) -> None:
    one, two = nodes
    heard: list[str] = []
    ended: dict[str, float] = {}
    with one.client() as admin, as_agent(two, admin, "worker") as worker, as_agent(two, admin, "boss") as boss:

        def listen(client: AxmeClient, name: str) -> None:
            try:
                for intent in client.agents.handle(name).listen(timeout=30):
                    heard.append(f"{name} {intent.id}")
            except AxmePermissionError as refused:
                heard.append(f"{name} {refused.code}")
            except AxmeClosedError:
                pass  # the test is over
            ended[name] = time.monotonic()

        def follow(client: AxmeClient, intent_id: str) -> None:
            try:
                for event in client.intents.handle(intent_id).observe(timeout=30):
                    heard.append(f"follows {event.event_type}")
            except AxmePermissionError as refused:
                heard.append(f"follows {refused.code}")

        threads = [
            threading.Thread(target=listen, args=pair, daemon=True) for pair in ((worker, "worker"), (boss, "boss"))
        ]
        for thread in threads:
            thread.start()
        asked = worker.intents.create("task.v1", to="boss")
        following = threading.Thread(target=follow, args=(worker, asked.id), daemon=True)
        following.start()
        before = boss.intents.create("task.v1", to="worker")
        until(lambda: f"worker {before.id}" in heard and "follows intent.delivered" in heard)
        killed = time.monotonic()
        admin.agents.handle("worker").kill()
        until(lambda: "worker agent_killed" in heard and "follows agent_killed" in heard, seconds=5)
        assert ended["worker"] - killed < 5
        assert "boss" not in ended, "whoever follows something else goes on"
        for refused in (
            lambda: worker.intents.create("task.v1", to="boss"),
            lambda: boss.intents.create("task.v1", to="worker"),
            lambda: worker.intents.handle(before.id).complete({}),
            lambda: worker.claim_deliveries("worker", {"worker_id": "w"}),
        ):
            with pytest.raises(AxmePermissionError) as why:
                refused()
            assert why.value.code == "agent_killed"
        admin.agents.handle("worker").resume()
        back = worker.intents.create("task.v1", to="boss")
        until(lambda: f"boss {back.id}" in heard)
        assert worker.intents.handle(before.id).complete({}).status == "COMPLETED"
