"""The threads that intents bring into inboxes (contract 3.4 and 2.8)."""

from __future__ import annotations

from typing import Any

from axme.contract import addresses
from axme.contract.clock import to_text
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.policy.intents import is_within
from axme.gateway.store import topics
from axme.gateway.store.ids import new_uuid
from axme.gateway.store.queries import tenants, threads
from axme.gateway.store.tx import Row, Tx

PENDING, ACTIVE, DONE = "pending", "active", "done"
REQUEST, COMPLETION = "request", "completion"
SYSTEM = "system"
#: The built-in runtime has no inbox anyone reads: a task sent to it goes to the agent it is assigned to, if to one.
RUNTIME = "agent://agent_core"


def open_request(tx: Tx, intent: IntentRecord) -> None:
    """Put a new intent into its recipient's inbox."""
    owner = holder(intent)
    threads.add(
        tx,
        _thread(tx, intent, REQUEST, owner, sender=intent.from_agent, to=intent.to_agent),
        event_type="intent_received",
        actor=SYSTEM,
        details={"intent_type": intent.intent_type},
    )


def escalate_request(tx: Tx, intent: IntentRecord) -> None:
    """Give the thread of an escalated intent to its new holder, who has not seen it yet."""
    sender, holder_now = addresses.parts(intent.from_agent), intent.pending_with
    thread = tx.one(threads.OF_INTENT_FOR_UPDATE, {"intent_id": intent.intent_id, "kind": REQUEST})
    if thread is None or thread["status"] == DONE or holder_now is None:
        return
    home = {"org": sender.org, "workspace": sender.workspace} if sender else {}
    try:
        to = addresses.canonical(holder_now["ref"], **home)
    except addresses.AddressError:
        return  # nobody with an inbox
    before = thread["owner_agent"]
    thread |= {"status": PENDING, "owner_agent": to, "mailbox": topics.mailbox(to, intent.workspace_id)}
    threads.add_entry(tx, thread, event_type="escalated", actor=SYSTEM, details={"from": before, "to": to})


def close_request(tx: Tx, intent: IntentRecord) -> None:
    """Close the recipient's thread when its intent has ended."""
    thread = tx.one(threads.OF_INTENT_FOR_UPDATE, {"intent_id": intent.intent_id, "kind": REQUEST})
    if thread is not None and thread["status"] != DONE:
        thread["status"] = DONE
        details = {"status": intent.status.value}
        threads.add_entry(tx, thread, event_type="intent_completed", actor=SYSTEM, details=details)


def deliver_completion(tx: Tx, intent: IntentRecord) -> dict[str, Any]:
    """Report the end of an intent to its ``reply_to``, once; returns the ``completion_delivery`` of the answer."""
    if intent.reply_to is None:
        return {"delivered": False, "reason": "the intent has no reply_to"}
    thread = _thread(tx, intent, COMPLETION, intent.reply_to, sender=intent.to_agent, to=intent.reply_to)
    completion = completion_of(intent)
    threads.add(tx, thread, event_type="intent_completed", actor=SYSTEM, details=completion)
    return {
        "delivered": True,
        "reply_to": intent.reply_to,
        "thread_id": thread["thread_id"],
        "message_id": thread["thread_id"],
        "completion": completion,
    }


def completion_of(intent: IntentRecord) -> dict[str, Any]:
    """How an intent ended, in short."""
    ended = {
        "intent_id": intent.intent_id,
        "status": intent.status.value,
        "correlation_id": intent.correlation_id,
        "completed_at": to_text(intent.updated_at),
    }
    outcome = {"result": intent.result, "error": intent.error, "reason": intent.reason}
    return ended | {name: value for name, value in outcome.items() if value is not None}


def holder(intent: IntentRecord) -> str:
    """Whose inbox a new intent comes into."""
    if intent.to_agent == RUNTIME and intent.human_task is not None:
        for assignee in intent.human_task.get("assignees") or ():
            if assignee.startswith("agent://"):
                return str(assignee)
    return intent.to_agent


def _org_of(tx: Tx, intent: IntentRecord, owner: str) -> str:
    """The organization whose inbox it is; one that is neither side's is looked up."""
    if is_within(intent.to_scope.partition("/")[0], owner):
        return intent.to_org_id if addresses.parts(owner) else intent.org_id
    sender, target = addresses.parts(intent.from_agent), addresses.parts(owner)
    if target is None or (sender is not None and target.org == sender.org):
        return intent.org_id
    row = tx.one(tenants.ORGANIZATION, {"sought": target.org})
    return row["org_id"] if row else intent.org_id


def _thread(tx: Tx, intent: IntentRecord, kind: str, owner: str, *, sender: str, to: str) -> Row:
    return {
        "thread_id": new_uuid(tx.now),
        "intent_id": intent.intent_id,
        "kind": kind,
        "org_id": _org_of(tx, intent, owner),
        "mailbox": topics.mailbox(owner, intent.workspace_id),
        "owner_agent": owner,
        "from_agent": sender,
        "to_agent": to,
        "status": PENDING,
    }
