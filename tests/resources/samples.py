"""Dicts as a server sends them."""

from __future__ import annotations

from typing import Any

ID = "7d0b2c8e-3f43-4a5e-9d7c-0f7c1a2b3c4d"
INTENT: dict[str, Any] = {
    "intent_id": ID,
    "status": "WAITING",
    "waiting_reason": "WAITING_FOR_HUMAN",
    "pending_with": {"type": "human", "ref": "ops@example.com", "name": "ops"},
    "intent_type": "order.fulfillment.v1",
    "correlation_id": "c-1",
    "from_agent": "agent://acme/prod/shop",
    "to_agent": "agent://acme/prod/fulfillment",
    "payload": {"order": "A-1", "lines": [1, 2]},
    "created_at": "2026-11-22T12:00:00.000001Z",
    "seq": 4,
    "policy_generation": 0,
    "paused": False,
    "from_a_newer_server": {"kept": True},
}
THREAD: dict[str, Any] = {
    "thread_id": "0a0b2c8e-3f43-4a5e-9d7c-0f7c5e6f7a8b",
    "intent_id": ID,
    "status": "pending",
    "owner_agent": "agent://acme/prod/manager",
    "from_agent": "agent://acme/prod/shop",
    "to_agent": "agent://acme/prod/manager",
    "created_at": "2026-11-22T12:00:00Z",
    "updated_at": "2026-11-22T12:00:00Z",
    "timeline": [
        {
            "event_id": "e-1",
            "event_type": "intent_received",
            "actor": "system",
            "at": "2026-11-22T12:00:00Z",
            "details": {},
        }
    ],
}
ACCOUNT: dict[str, Any] = {
    "service_account_id": "sa_1",
    "org_id": "o",
    "workspace_id": "w",
    "name": "fulfillment",
    "status": "active",
    "created_by_actor_id": "me",
    "created_at": "2026-11-22T12:00:00Z",
    "updated_at": "2026-11-22T12:00:00Z",
    "agent_address": "agent://acme/prod/fulfillment",
    "display_name": None,
}
AGENT: dict[str, Any] = {
    "address": "agent://acme/prod/fulfillment",
    "service_account_id": "sa_1",
    "service_account_name": "fulfillment",
    "status": "active",
    "created_at": "2026-11-22T12:00:00Z",
}


def event(seq: int, status: str, **more: Any) -> dict[str, Any]:
    return {
        "intent_id": ID,
        "seq": seq,
        "event_type": f"intent.{status.lower()}",
        "status": status,
        "at": "2026-11-22T12:00:00Z",
        **more,
    }
