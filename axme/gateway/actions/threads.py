"""The threads that intents bring into inboxes (contract 3.4 and 2.8)."""

from __future__ import annotations

from typing import Any

from axme.contract import addresses
from axme.contract.clock import to_text
from axme.contract.codes import ALREADY_DECIDED
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.policy.intents import is_within
from axme.gateway.store import topics
from axme.gateway.store.ids import new_uuid
from axme.gateway.store.queries import tenants, threads
from axme.gateway.store.tx import Row, Tx

PENDING, ACTIVE, DONE = "pending", "active", "done"
REQUEST, COMPLETION = "request", "completion"
#: A scenario brings a thread for each step it asks somebody in, and for each notification, with the step's number.
STEP, NOTICE = "step:", "notice:"
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
    thread = tx.one(threads.ASKING, {"intent_id": intent.intent_id})
    if thread is None or holder_now is None:
        return
    home = {"org": sender.org, "workspace": sender.workspace} if sender else {}
    try:
        to = addresses.canonical(holder_now["ref"], **home)
    except addresses.AddressError:
        return  # nobody with an inbox
    before = thread["owner_agent"]
    thread |= {"status": PENDING, "owner_agent": to, "mailbox": topics.mailbox(to, intent.workspace_id)}
    threads.add_entry(tx, thread, event_type="escalated", actor=SYSTEM, details={"from": before, "to": to})


def open_step(tx: Tx, intent: IntentRecord, number: int, owner: str, details: dict[str, Any]) -> None:
    """Put a step that waits for a person into an inbox: deciding it there decides the step."""
    thread = _thread(tx, intent, f"{STEP}{number}", owner, sender=intent.from_agent, to=owner)
    told = {"intent_type": intent.intent_type} | details
    threads.add(tx, thread, event_type="intent_received", actor=SYSTEM, details=told)


def notify(tx: Tx, intent: IntentRecord, number: int, owner: str, details: dict[str, Any]) -> None:
    """Put a message of a scenario into an inbox; nobody waits for an answer."""
    thread = _thread(tx, intent, f"{NOTICE}{number}", owner, sender=intent.from_agent, to=owner)
    threads.add(tx, thread, event_type="notification", actor=SYSTEM, details=details)


def close_steps(tx: Tx, intent: IntentRecord) -> None:
    """Close the threads of the steps that wait no more."""
    _close(tx, intent, STEP, {"status": intent.status.value})


def asks(thread: Row) -> bool:
    """Whether deciding the thread decides what its intent waits for."""
    kind: str = thread["kind"]
    return kind == REQUEST or (kind.startswith(STEP) and thread["status"] != DONE)


def require_asking(thread: Row) -> None:
    """Refuse to decide a step that is over: the next one must not be decided by what was said about this one.

    Raises:
        GatewayError: 409 ``already_decided``.
    """
    if thread["kind"].startswith(STEP) and not asks(thread):
        thread_id = thread["thread_id"]
        raise GatewayError(
            ALREADY_DECIDED,
            f"the step of thread {thread_id} waits for nobody any more: somebody has decided it, or it is over",
            details={"thread_id": thread_id, "intent_id": thread["intent_id"]},
        )


def close_request(tx: Tx, intent: IntentRecord) -> None:
    """Close the recipient's thread when its intent has ended, and that of the step it was at."""
    _close(tx, intent, "", {"status": intent.status.value})


def _close(tx: Tx, intent: IntentRecord, kind: str, details: dict[str, Any]) -> None:
    for thread in tx.run(threads.ASKING, {"intent_id": intent.intent_id}):
        if thread["kind"].startswith(kind):
            thread["status"] = DONE
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


def holder_of_step(intent: IntentRecord) -> str:
    """Whose inbox a waiting step comes into: its assignee's where that is an agent, else that of who applied it."""
    assignees = (intent.human_task or {}).get("assignees") or ()
    return next((str(one) for one in assignees if one.startswith("agent://")), intent.from_agent)


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
