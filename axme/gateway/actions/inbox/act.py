"""What an owner does with a thread; each change counts as one inbox write (contract 3.22)."""

from __future__ import annotations

from typing import Any

from axme.contract.addresses import AddressError
from axme.contract.codes import INVALID_AGENT_ADDRESS, INVALID_TRANSITION, NOT_FOUND, POLICY_DENIED
from axme.contract.human_tasks import NO, YES
from axme.contract.metering import Dimension
from axme.gateway.actions import audit, decisions, metering
from axme.gateway.actions.admission import admit, require_alive
from axme.gateway.actions.inbox.read import answer, require_owner
from axme.gateway.actions.intents.change import store_change
from axme.gateway.actions.owners import owner_address
from axme.gateway.actions.threads import ACTIVE, DONE, REQUEST, asks, require_asking
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import human
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.transitions import hand_over, require_open
from axme.gateway.policy.intents import is_within
from axme.gateway.store import topics
from axme.gateway.store.queries import intents, threads
from axme.gateway.store.tx import Row, Tx

Body = dict[str, Any]


def mark_read(tx: Tx, who: Identity, thread_id: str, *, owner: str | None) -> Body:
    """Note that the owner has seen it. ``POST /v1/inbox/{thread_id}/read``"""
    thread = require_owner(who, owner, tx.one(threads.BY_ID_FOR_UPDATE, {"thread_id": thread_id}))
    if thread["status"] == DONE or threads.entries(tx, thread_id)[-1]["event_type"] == "read":
        return answer(tx, thread)
    thread["status"] = ACTIVE
    threads.add_entry(tx, thread, event_type="read", actor=owner_address(who, owner), details={})
    return _written(tx, who, thread)


def reply(tx: Tx, who: Identity, thread_id: str, body: Body, *, owner: str | None) -> Body:
    """Add a message. ``POST /v1/inbox/{thread_id}/reply``

    Raises:
        GatewayError: 403, 404, 409, the thread is done.
    """
    thread = require_owner(who, owner, tx.one(threads.BY_ID_FOR_UPDATE, {"thread_id": thread_id}))
    _require_open(thread, intents.load(tx, thread["intent_id"]))
    thread["status"] = ACTIVE
    actor = owner_address(who, owner)
    threads.add_entry(tx, thread, event_type="reply", actor=actor, details={"message": body["message"]})
    return _written(tx, who, thread)


def delegate(tx: Tx, who: Identity, thread_id: str, body: Body, *, owner: str | None) -> Body:
    """Give the thread, and the intent if it is still open, to another owner. ``POST /v1/inbox/{thread_id}/delegate``

    Raises:
        GatewayError: 403, 404, 409, the thread is done, 422.
    """
    intent, thread = _locked(tx, who, thread_id, owner)
    _require_open(thread, intent)
    actor, to = owner_address(who, owner), _delegate_to(who, body["delegate_to"])
    admit(tx, who, to, "delegate_to")
    note = {"note": body["note"]} if body.get("note") else {}
    thread |= {"status": ACTIVE, "owner_agent": to, "mailbox": topics.mailbox(to, who.workspace_id)}
    if not intent.is_terminal and asks(thread):
        hand_over(intent, to, at=tx.now, actor=actor, details={"from": actor, "to": to} | note)
        store_change(tx, intent)
    # After the delivery, as where an intent is made: in another order the counters of both would lock each other out.
    threads.add_entry(tx, thread, event_type="delegated", actor=actor, details={"from": actor, "to": to} | note)
    audit.record(tx, who, "inbox.delegate", thread_id, details={"to": to})
    return _written(tx, who, thread)


def approve(tx: Tx, who: Identity, thread_id: str, body: Body, *, owner: str | None) -> Body:
    """Say yes; when the intent waits for a person, that is the decision. ``POST /v1/inbox/{thread_id}/approve``

    Raises:
        GatewayError: 403, 404, 409 (somebody decided before, or the thread is done), 422.
    """
    return _decide(tx, who, thread_id, YES, body, owner)


def reject(tx: Tx, who: Identity, thread_id: str, body: Body, *, owner: str | None) -> Body:
    """Say no; when the intent waits for a person, that is the decision. ``POST /v1/inbox/{thread_id}/reject``

    Raises:
        GatewayError: 403, 404, 409 (somebody decided before, or the thread is done), 422.
    """
    return _decide(tx, who, thread_id, NO, body, owner)


def delete_messages(tx: Tx, who: Identity, thread_id: str, body: Body, *, owner: str | None) -> Body:
    """Delete replies: those named, else the newest ``limit``, else all. ``POST …/{thread_id}/messages/delete``

    Raises:
        GatewayError: 403; 404, no such thread or message.
    """
    thread = require_owner(who, owner, tx.one(threads.BY_ID_FOR_UPDATE, {"thread_id": thread_id}))
    replies = [entry["event_id"] for entry in threads.entries(tx, thread_id) if entry["event_type"] == "reply"]
    newest = replies[-body["limit"] :] if body.get("limit") else replies
    doomed: list[str] = list(dict.fromkeys(body.get("message_ids") or newest))
    missing = [event_id for event_id in doomed if event_id not in replies]
    if missing:
        raise GatewayError(NOT_FOUND, f"the thread has no message {missing[0][:64]}", details={"message_ids": missing})
    for event_id in doomed:
        tx.run(threads.DELETE_ENTRY, {"thread_id": thread_id, "event_id": event_id})
    if doomed:
        details = {"mode": body["mode"], "deleted_count": len(doomed)}
        actor = owner_address(who, owner)
        threads.add_entry(tx, thread, event_type="messages_deleted", actor=actor, details=details)
    return _written(tx, who, thread) | {"mode": body["mode"], "deleted_count": len(doomed), "message_ids": doomed}


def _written(tx: Tx, who: Identity, thread: Row) -> Body:
    metering.spend(tx, who, Dimension.INBOX_WRITES)
    return answer(tx, thread)


def _decide(tx: Tx, who: Identity, thread_id: str, outcome: str, body: Body, owner: str | None) -> Body:
    intent, thread = _locked(tx, who, thread_id, owner)
    actor = owner_address(who, owner)
    given = {name: body[name] for name in ("comment", "data") if body.get(name) is not None}
    require_asking(thread)
    decides = asks(thread) and (intent.waits_for_human or intent.decided_at is not None)
    told = decisions.say(tx, who, intent, outcome, body, actor=actor) if decides else {}
    _require_open(thread, intent)
    thread["status"] = DONE
    threads.add_entry(tx, thread, event_type=outcome, actor=actor, details=given)
    if decides:
        store_change(tx, intent)
    audit.record(tx, who, f"inbox.{outcome}", thread_id, details={"intent_id": intent.intent_id} | told)
    return _written(tx, who, thread)


def _locked(tx: Tx, who: Identity, thread_id: str, owner: str | None) -> tuple[IntentRecord, Row]:
    """The intent and its thread, locked in the order everybody locks them in: the intent first."""
    require_alive(tx, who)
    seen = require_owner(who, owner, tx.one(threads.BY_ID, {"thread_id": thread_id}))
    intent = intents.load_for_update(tx, seen["intent_id"])
    if intent is None:
        raise AssertionError("a thread's intent exists: a foreign key says so")
    return intent, require_owner(who, owner, tx.one(threads.BY_ID_FOR_UPDATE, {"thread_id": thread_id}))


def _require_open(thread: Row, intent: IntentRecord | None) -> None:
    if thread["status"] != DONE:
        return
    if intent is not None and thread["kind"] == REQUEST:
        if intent.decided:
            raise human.decided_error(intent)
        require_open(intent)
    raise GatewayError(
        INVALID_TRANSITION, "this thread is done and takes nothing more", details={"thread_id": thread["thread_id"]}
    )


def _delegate_to(who: Identity, text: str) -> str:
    try:
        to = who.canonical(text)
    except AddressError as error:
        raise GatewayError(INVALID_AGENT_ADDRESS, f"delegate_to: {error}", details={"field": "delegate_to"}) from None
    if not is_within(who.org_slug, to):
        raise GatewayError(POLICY_DENIED, f"{to} is outside your organization", details={"delegate_to": to})
    return to
