"""Answering a task by a link to its page; a link is all that its holder has."""

from __future__ import annotations

from typing import Any

from axme.gateway.actions import audit, links
from axme.gateway.actions.intents.change import store_change
from axme.gateway.actions.links import Found
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle import human
from axme.gateway.lifecycle.links import Link, LinkState
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.store.tx import Tx


def decide(tx: Tx, token: str, task_result: dict[str, Any], *, request_id: str) -> Found:
    """Decide what the link asks, in the name of its recipient, as ``POST /v1/intents/{intent_id}/resume`` does.

    Returns:
        What the link led to. Where that is not open, nothing has changed: somebody was first, or it is too late.

    Raises:
        GatewayError: 409, the intent is paused; 422 naming the part of the answer that is missing or wrong.
    """
    found = links.open(tx, token, to_change=True)
    if found.state is not LinkState.OPEN or found.link is None or found.intent is None:
        return found
    intent, recipient = found.intent, found.link.recipient
    # The link itself was made for the recipient: whoever a task was escalated to is no assignee.
    human.decide(intent, task_result, at=tx.now, actor=recipient, person=None)
    store_change(tx, intent)
    details = {"status": intent.status.value, "link_id": found.link.link_id} | (intent.result or {})
    audit.record(tx, _holder(found.link, intent, request_id), "intent.decide", intent.intent_id, details=details)
    return found


def _holder(link: Link, intent: IntentRecord, request_id: str) -> Identity:
    """The recipient as one who acts, in the organization that was asked."""
    own = intent.to_org_id == intent.org_id
    return Identity(
        key_id=link.link_id,
        service_account_id=link.link_id,
        address=link.recipient,
        actor_id=link.recipient,
        org_id=intent.to_org_id,
        org_slug="",
        workspace_id=intent.workspace_id if own else "",
        workspace_slug="",
        request_id=request_id,
    )
