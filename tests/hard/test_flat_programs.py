"""Programs as people wrote them for the flat SDK, unchanged, on our gateway: dicts in, dicts out."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from axme import AxmeAuthError, AxmeClient, AxmeClientConfig, AxmeHttpError, AxmeValidationError
from axme.gateway import LocalGateway
from tests.plain import admin, make_agent


def _client(gateway: LocalGateway, api_key: str | None = None) -> AxmeClient:
    return AxmeClient(AxmeClientConfig(base_url=gateway.base_url, api_key=api_key or gateway.api_key))


def test_an_agent_listens_works_and_resumes(fresh_gateway: LocalGateway) -> None:
    with admin(fresh_gateway) as caller:
        key = make_agent(caller, "compliance-checker").key

    def agent_program() -> None:
        with _client(fresh_gateway, key) as client:
            for delivery in client.listen("compliance-checker", wait_seconds=2, timeout_seconds=60):
                intent_id = delivery.get("intent_id", "")
                if delivery.get("status", "") not in ("CREATED", "DELIVERED", "IN_PROGRESS"):
                    continue
                data = client.get_intent(intent_id)
                intent = data.get("intent", data)
                payload = intent.get("payload", {})
                if "parent_payload" in payload:
                    payload = payload["parent_payload"]
                result = {"action": "complete", "risk": "low" if payload["amount"] < 100 else "high"}
                client.resume_intent(intent_id, result)
                if payload.get("last"):
                    return

    worker = threading.Thread(target=agent_program)
    worker.start()
    with _client(fresh_gateway) as client:
        results = []
        for payload in ({"amount": 5}, {"parent_payload": {"amount": 500, "last": True}, "step": 2}):
            intent_id = client.send_intent(
                {"intent_type": "compliance_check.v1", "to_agent": "compliance-checker", "payload": payload}
            )
            walk = []
            for event in client.observe(intent_id, timeout_seconds=60):
                walk.append(event["status"])
                if event["status"] in {"COMPLETED", "FAILED", "CANCELED", "CANCELLED", "TIMED_OUT"}:
                    break
            assert walk == ["CREATED", "SUBMITTED", "DELIVERED", "IN_PROGRESS", "COMPLETED"]
            assert client.get_intent(intent_id)["intent"]["lifecycle_status"] == "COMPLETED"
            results.append(client.get_intent(intent_id)["intent"]["result"]["risk"])
        assert results == ["low", "high"]
    worker.join(60)
    assert not worker.is_alive()


def test_a_person_approves_through_the_inbox(fresh_gateway: LocalGateway) -> None:
    with _client(fresh_gateway) as client:
        created = client.create_intent(
            {
                "intent_type": "budget.approval.v1",
                "to_agent": "agent://agent_core",
                "payload": {"amount": 32_000},
                "human_task": {
                    "title": "Approve the budget",
                    "task_type": "approval",
                    "notify_email": "cfo@example.com",
                    "assignees": ["agent://local/default/cfo"],
                },
            },
            idempotency_key="budget-2026-q3",
            correlation_id="corr-budget-001",
        )
        assert created["status"] == "WAITING"
        assert created["policy_generation"] == 0
        inbox = client.list_inbox(owner_agent="cfo")
        for item in inbox.get("items", []):
            client.approve_inbox_thread(item["thread_id"], {"note": "Within the plan"}, owner_agent="cfo")
        last = client.wait_for(created["intent_id"], timeout_seconds=30)
        assert last["event_type"] == "intent.completed"
        assert last["status"] in {"COMPLETED", "RESOLVED"}
        assert last["status_alias"] == "RESOLVED"


def test_controls_agents_and_errors_as_they_were_written(fresh_gateway: LocalGateway) -> None:
    with _client(fresh_gateway) as client:
        intent = client.create_intent(
            intent_type="order.fulfillment.v1", to_agent="fulfillment", payload={"order": "ord-123"}
        )
        changed = client.update_intent_controls(
            intent["intent_id"],
            {"controls": {"max_retries": 3, "retry_delay_seconds": 30, "reminders": [{"offset_seconds": 60}]}},
            policy_generation=intent["policy_generation"],
        )
        assert changed["policy_generation"] == 1
        with pytest.raises(AxmeValidationError) as stale:
            client.update_intent_controls(intent["intent_id"], {"controls": {}}, policy_generation=0)
        assert stale.value.status_code == 409
        agents = client.list_agents(org_id=fresh_gateway.org_id, workspace_id=fresh_gateway.workspace_id)
        assert [(agent["address"], agent["status"]) for agent in agents["agents"]] == [
            ("agent://local/default/admin", "active")
        ]
        assert client.health()["ok"] is True
        with pytest.raises(AxmeHttpError, match=r"^HTTP 404: "):
            client.get_intent("00000000-0000-0000-0000-000000000000")
        assert client.resolve_intent(intent["intent_id"], {"status": "CANCELLED", "reason": "x"})["ok"] is True
    with _client(fresh_gateway, "wrong") as client, pytest.raises(AxmeAuthError) as refused:
        client.list_inbox()
    assert refused.value.status_code == 401


def test_the_old_import_path_gives_the_same_classes() -> None:
    import axme_sdk

    old: Any = axme_sdk
    assert old.AxmeClient is AxmeClient
    assert old.AxmeClientConfig is AxmeClientConfig
    assert old.AxmeHttpError is AxmeHttpError
