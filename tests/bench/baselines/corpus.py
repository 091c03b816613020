"""The canned documents: an intent of 21 fields, an inbox of 100 threads, lifecycle events. Standard library only."""

from __future__ import annotations

import json
from typing import Any

INTENT_ID = "7b1f0a52-4f0e-4a57-9f43-2f6f0d9b1c11"
ME, SHIP = "agent://acme/production/order-service", "agent://acme/production/fulfillment"
AT = "2026-11-20T09:30:00.123456Z"

INTENT_TYPE = "order.fulfillment.v1"
PAYLOAD = {"order_id": "ord-123", "items": [{"sku": "A-1", "quantity": 2}], "express": True}
BODY = {"intent_type": INTENT_TYPE, "to_agent": SHIP, "payload": PAYLOAD}
INTENT = {
    "intent_id": INTENT_ID,
    "status": "IN_PROGRESS",
    "legacy_status": "running",
    "lifecycle_status": "IN_PROGRESS",
    "created_at": AT,
    "updated_at": "2026-11-20T09:31:12.000451Z",
    "intent_type": INTENT_TYPE,
    "correlation_id": "0c0a7f3e-7d35-4c5e-8a4b-64c1d27f1b9e",
    "from_agent": ME,
    "to_agent": SHIP,
    "reply_to": ME,
    "payload": PAYLOAD,
    "deadline_at": "2026-11-21T09:30:00.000000Z",
    "remind_after_seconds": 3600,
    "max_reminders": 3,
    "remind_count": 0,
    "delivery_attempt": 1,
    "max_delivery_attempts": 5,
    "pending_with": {"type": "agent", "ref": SHIP, "name": "fulfillment"},
    "seq": 4,
    "policy_generation": 0,
}
CREATED = {
    "ok": True,
    "intent_id": INTENT_ID,
    "status": "DELIVERED",
    "created_at": AT,
    "policy_generation": 0,
    "correlation_id": INTENT["correlation_id"],
    "lifecycle_status": "DELIVERED",
}


def text(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


def thread(number: int) -> dict[str, Any]:
    """One inbox thread."""
    entry = {
        "event_id": f"5f7c0f5e-0000-4000-8000-{number:012d}",
        "event_type": "intent_received",
        "actor": "system",
        "at": AT,
        "details": {"intent_type": INTENT_TYPE},
    }
    return {
        "thread_id": f"00000000-0000-4000-8000-{number:012d}",
        "intent_id": f"00000000-0000-4000-9000-{number:012d}",
        "status": "pending",
        "owner_agent": SHIP,
        "from_agent": ME,
        "to_agent": SHIP,
        "created_at": AT,
        "updated_at": AT,
        "timeline": [entry],
    }


def event(seq: int, *, last: bool, details: dict[str, Any] | None = None) -> bytes:
    """One lifecycle event as a frame of the stream; the ``last`` one ends the intent."""
    kind, status = ("intent.completed", "COMPLETED") if last else ("intent.reminder", "WAITING")
    data = {
        "intent_id": INTENT_ID,
        "seq": seq,
        "event_type": kind,
        "status": status,
        "handler": SHIP,
        "actor": "system",
        "at": AT,
        "details": details or {},
    }
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (seq, kind.encode(), text(data))
