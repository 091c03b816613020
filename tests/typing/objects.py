"""Read by mypy alone, never run: what the types of fields, verbs and lists are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, assert_type

from axme import (
    Agent,
    Approval,
    AxmeClient,
    AxmeClientConfig,
    BulkCancel,
    Capabilities,
    InboxThread,
    Intent,
    IntentEvent,
    IntentStatus,
    Page,
    ServiceAccount,
    ServiceAccountKey,
    TimelineEntry,
    WaitingReason,
)

client = AxmeClient(AxmeClientConfig(api_key="k"))
assert_type(AxmeClient.from_env(), AxmeClient)
assert_type(client.with_options(timeout=1.5), AxmeClient)
assert_type(client.health(), dict[str, Any])
assert_type(client.send_intent({}), str)
assert_type(client.capabilities(), Capabilities)

intent = client.intents.create("order.v1", to="shop", payload={"n": 1}, deadline=timedelta(hours=1))
assert_type(intent, Intent)
assert_type(intent.id, str)
assert_type(intent.status, IntentStatus)
assert_type(intent.payload, dict[str, Any])
assert_type(intent.created_at, datetime)
assert_type(intent.deadline_at, datetime | None)
assert_type(intent.waiting_reason, WaitingReason | None)
assert_type(intent.result, dict[str, Any] | None)
assert_type(intent.policy_generation, int | None)
assert_type(intent.raw, dict[str, Any])
assert_type(intent.cancel("late"), Intent)
assert_type(intent.wait(timeout=1), Intent)
assert_type(intent.retry(), Intent)
assert_type(client.attach(intent), Intent)
assert_type(intent.events(), Page[IntentEvent])
for event in intent.observe():
    assert_type(event, IntentEvent)
    assert_type(event.seq, int)
    assert_type(event.at, datetime)
    assert_type(event.status, IntentStatus)

page = client.intents.list(status=[IntentStatus.WAITING])
assert_type(page, Page[Intent])
assert_type(page[0], Intent)
assert_type(page[1:], list[Intent])
assert_type(page.first(), Intent | None)
assert_type(page.all(), list[Intent])
assert_type(client.intents.bulk_cancel(), BulkCancel)

agent = client.agents.create("shop")
assert_type(agent, Agent)
assert_type(agent.send("order.v1"), Intent)
assert_type(agent.create_key(), ServiceAccountKey)
with agent.listen() as deliveries:
    assert_type(next(deliveries), Intent)
    assert_type(deliveries.cursor, int)

for thread in client.inbox.changes():
    assert_type(thread, InboxThread)
    assert_type(thread.timeline, tuple[TimelineEntry, ...])
    assert_type(thread.approve("fine"), InboxThread)
    assert_type(thread.intent, Intent)

assert_type(client.service_accounts.list(), Page[ServiceAccount])
assert_type(client.approvals.approve("id"), Approval)

# What must not pass a type checker; each line is an error, and mypy would complain about an ignore without one.
_ = intent["status"]  # type: ignore[index]
intent.get("status")  # type: ignore[attr-defined]
_ = intent.statsu  # type: ignore[attr-defined]
intent.status = IntentStatus.COMPLETED  # type: ignore[assignment]
client.intents.create("order.v1")  # type: ignore[call-arg]
client.intents.create("order.v1", to=5)  # type: ignore[arg-type]
