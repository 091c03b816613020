"""Histories made by hand: a good one, and what can be done to it."""

from __future__ import annotations

import json
from typing import Any

from tests.chaos.checker.history import Final, History, Mail, Op, Post, Seen

STORY = (("created", "CREATED"), ("submitted", "SUBMITTED"), ("delivered", "DELIVERED"))


def intent(intent_id: str, mark: str, status: str = "DELIVERED", **columns: Any) -> dict[str, Any]:
    """The row of an intent."""
    row = {
        "intent_id": intent_id, "payload": json.dumps({"mark": mark}), "status": status, "seq": 3, "handler": "worker",
        "policy_generation": 0, "paused_at": None, "delivery_attempt": 1, "scenario_id": None, "claim_id": None,
        "queue": "box", "decision": None, "decided_by": None, "decided_at": None, "parent_intent_id": None,
    }  # fmt: skip
    return row | columns


def event(intent_id: str, seq: int, kind: str, status: str, at: int = 0) -> dict[str, Any]:
    """The row of an event, which is also what an observer is shown."""
    return {
        "intent_id": intent_id,
        "seq": seq,
        "event_type": f"intent.{kind}",
        "status": status,
        "actor": "a",
        "at": at,
    }


def audit(action: str, target: str, **columns: Any) -> dict[str, Any]:
    """A row of the audit trail."""
    row = {"action": f"intent.{action}", "target": target, "outcome": "done", "actor": "admin", "request_id": "r1"}
    return row | columns


def create(intent_id: str, mark: str, outcome: Any = "ok") -> Op:
    """A create, and what became of it."""
    answer = {"intent_id": intent_id} if outcome == "ok" else {}
    return Op("create", outcome, mark, intent_id, asked={"payload": {"mark": mark}}, answer=answer)


def delivery(event_id: str, status: str = "delivered") -> dict[str, Any]:
    """The row of a webhook's delivery."""
    return {"delivery_id": f"d-{event_id}", "event_id": event_id, "subscription_id": "s", "status": status}


def good() -> tuple[History, Final]:
    """One of each: a create, an end, an observer, a webhook, a mailed and decided task."""
    ends = {"status": "COMPLETED", "claim_id": None, "queue": None}
    rows = [intent("one", "k1"), intent("two", "k2", **ends, seq=4), intent("three", "k3", **ends, seq=4)]
    rows[2] |= {"decision": "approve", "decided_by": "ann", "decided_at": 5}
    events = [event(row["intent_id"], n, *said) for row in rows for n, said in enumerate(STORY, start=1)]
    events += [event(name, 4, "completed", "COMPLETED", at=9) for name in ("two", "three")]
    audits = [audit("create", row["intent_id"]) for row in rows] + [audit("resolve", "two")]
    final = Final({
        "intents": rows, "intent_events": events, "audit_events": audits, "claims": [],
        "idempotency_keys": [{"key": "k1", "operation": "create", "answer": "{}"}],
        "webhook_events": [{"event_id": "e1"}], "webhook_deliveries": [delivery("e1")],
        "webhook_attempts": [{"delivery_id": "d-e1", "attempt": 1}, {"delivery_id": "d-e1", "attempt": 2}],
    })  # fmt: skip
    history = History(
        ops=[
            create("one", "k1"), create("two", "k2"), create("three", "k3"),
            Op("resolve", "ok", "end", "two", asked={"status": "COMPLETED"}),
            Op("decide", "ok", "yes", "three"), Op("publish", "ok", "p", answer={"event_id": "e1"}),
        ],
        seen=[Seen("two", 0, [one for one in events if one["intent_id"] == "two"])],
        mails=[Mail("three", "ann@example.com", "three")], mailed_tasks=["three"],
        posts=[Post("e1", "s", "{}"), Post("e1", "s", "{}")],
        texts={"log": "all quiet"}, secrets=["axsk_canary"],
    )  # fmt: skip
    return history, final


def row_of(final: Final, intent_id: str) -> Any:
    """The row of an intent, to be tampered with."""
    return final.intent(intent_id)
