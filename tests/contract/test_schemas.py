"""Requests are read kindly but exactly; objects survive a newer server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from marshmallow import ValidationError

from axme.contract.human_tasks import TASK_TYPES
from axme.contract.schemas.approvals import ApprovalDecision
from axme.contract.schemas.inbox import InboxDecision, InboxThread
from axme.contract.schemas.intents import BulkCancel, HumanTask, Intent, IntentControls, IntentCreate, IntentResolve
from axme.contract.statuses import IntentStatus

ORDER = {"intent_type": "order.fulfillment.v1", "to_agent": "agent://acme/prod/fulfillment", "payload": {"n": 1}}


def test_a_create_in_the_spellings_that_programs_send() -> None:
    schema = IntentCreate()
    assert schema.load(ORDER) == ORDER
    camel = {"intentType": ORDER["intent_type"], "toAgent": ORDER["to_agent"], "payload": {"n": 1}}
    assert schema.load(camel) == ORDER
    flattened = {"intent_type": ORDER["intent_type"], "to_agent": ORDER["to_agent"], "n": 1}
    assert schema.load(flattened) == ORDER
    assert schema.load({**ORDER, "reply_to": None, "human_task": None}) == ORDER


def test_what_only_the_gateway_sets_cannot_be_sent() -> None:
    sneaky = {**ORDER, "status": "COMPLETED", "seq": 7, "intent_id": "x", "policy_generation": 9, "result": {}}
    assert IntentCreate().load(sneaky) == ORDER
    del sneaky["payload"]
    assert IntentCreate().load(sneaky)["payload"] == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"intent_type": "Order"}, "intent_type"),
        ({"intent_type": "a"}, "intent_type"),
        ({"intent_type": "order.v1\n"}, "intent_type"),
        ({"intent_type": 3}, "intent_type"),
        ({"to_agent": "a b"}, "to_agent"),
        ({"to_agent": ["bob"]}, "to_agent"),
        ({"payload": []}, "payload"),
        ({"payload": "text"}, "payload"),
        ({"deadline_at": "tomorrow"}, "deadline_at"),
        ({"remind_after_seconds": 0}, "remind_after_seconds"),
        ({"remind_after_seconds": True}, "remind_after_seconds"),
        ({"max_reminders": "3"}, "max_reminders"),
        ({"max_delivery_attempts": 1.5}, "max_delivery_attempts"),
        ({"correlation_id": "a\x00b"}, "correlation_id"),
        ({"human_task": {"task_type": "dance"}}, "human_task"),
        ({"human_task": {"notify_email": "nobody"}}, "human_task"),
        ({"human_task": {"allowed_outcomes": []}}, "human_task"),
    ],
)
def test_wrong_input_names_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        IntentCreate().load({**ORDER, **change})
    assert list(caught.value.messages_dict) == [field]


@pytest.mark.parametrize("kind", TASK_TYPES)
def test_every_kind_of_task_can_be_asked(kind: str) -> None:
    assert HumanTask().load({"task_type": kind, "title": "Please"})["task_type"] == kind


def test_a_resolve_reads_both_vocabularies() -> None:
    loaded = IntentResolve().load({"status": "resolved", "result": {}})
    assert loaded["status"] is IntentStatus.COMPLETED
    with pytest.raises(ValidationError):
        IntentResolve().load({"status": "REJECTED"})


def test_decisions_in_the_spellings_that_programs_send() -> None:
    assert InboxDecision().load({"note": "fine"}) == {"comment": "fine"}
    assert InboxDecision().load({}) == {}
    decision = ApprovalDecision().load({"decision": "approved", "reason": "fine"})
    assert decision == {"decision": "approve", "comment": "fine"}
    with pytest.raises(ValidationError):
        ApprovalDecision().load({"decision": ["approve"]})


def test_controls_keep_the_callers_own_keys() -> None:
    sent = {"controls": {"paused": True, "colour": "red", "timeout_seconds": None}}
    assert IntentControls().load(sent) == sent


def test_a_bulk_cancel_is_a_rehearsal_unless_told_otherwise() -> None:
    assert BulkCancel().load({})["dry_run"] is True


def test_an_object_of_a_newer_server_is_read() -> None:
    raw = {
        "intent_id": "i",
        "status": "COMPLETED",
        "created_at": "2026-11-22T10:00:00Z",
        "intent_type": "a.v1",
        "correlation_id": "c",
        "from_agent": "a",
        "to_agent": "b",
        "payload": {},
        "brand_new": {"x": 1},
        "pending_with": {"type": "agent", "mood": "good"},
    }
    loaded = Intent().load(raw)
    assert loaded["brand_new"] == {"x": 1}
    assert loaded["pending_with"]["mood"] == "good"
    assert loaded["created_at"] == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert Intent().dump(loaded)["created_at"] == "2026-11-22T10:00:00.000000Z"


def test_a_thread_needs_what_the_protocol_promises() -> None:
    with pytest.raises(ValidationError) as caught:
        InboxThread().load({"thread_id": "t"})
    assert "owner_agent" in caught.value.messages_dict
