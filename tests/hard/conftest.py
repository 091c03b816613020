"""A gateway with one thing of each kind to be asked about wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from axme.client import AxmeClient
from axme.gateway import LocalGateway, start
from tests.plain import admin, make_agent

INTENT = {"intent_type": "order.v1", "to_agent": "worker", "payload": {"n": 1}}


@dataclass(frozen=True)
class World:
    """Keys and ids."""

    gateway: LocalGateway
    client: AxmeClient
    revoked_key: str
    open: str
    ended: str
    task: str
    thread: str

    def other(self, key: str) -> AxmeClient:
        return self.gateway.client(api_key=key)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with start(data_dir=tmp_path_factory.mktemp("bad") / "gateway") as gateway, gateway.client() as client:
        with admin(gateway) as caller:
            agent = make_agent(caller)
        client.revoke_service_account_key(agent.service_account_id, agent.key_id)
        opened = client.create_intent(INTENT, idempotency_key="used")["intent_id"]
        client.update_intent_controls(opened, {"controls": {"max_retries": 1}})
        ended = client.create_intent(INTENT)["intent_id"]
        client.resolve_intent(ended, {"status": "CANCELED", "reason": "enough"})
        task = client.create_intent({**INTENT, "human_task": {"task_type": "clarification"}})["intent_id"]
        thread = next(t for t in client.list_inbox(owner_agent="worker")["threads"] if t["intent_id"] == task)
        yield World(gateway, client, agent.key, opened, ended, task, thread["thread_id"])
