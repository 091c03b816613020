"""Links that let people answer a task without an account (an addition to the protocol).

A link is for one recipient and one asking of one intent. Opening it changes nothing; it ends with the asking, in time,
or when it is revoked.
"""

from __future__ import annotations

import secrets
from typing import Any, NamedTuple

from axme.contract.clock import to_text
from axme.contract.codes import FORBIDDEN, INVALID_TRANSITION, NOT_FOUND
from axme.gateway.actions import audit
from axme.gateway.actions.intents.access import find, find_to_change
from axme.gateway.auth import links as tokens
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.links import Answered, Link, LinkState, expiry, state
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.lifecycle.transitions import require_open
from axme.gateway.policy import roles
from axme.gateway.policy.intents import RESUME
from axme.gateway.store.queries import intents, links
from axme.gateway.store.tx import Tx

Body = dict[str, Any]
#: Where the page of a task stands; its token is all that is needed to answer.
PAGE = "/tasks/{}"
SYSTEM = "system"
_ID_BYTES = 16


class Found(NamedTuple):
    """What a token leads to. Nothing may be shown of the intent unless the link is open or its asking was decided."""

    state: LinkState
    link: Link | None = None
    intent: IntentRecord | None = None
    answered: Answered | None = None


def mint(tx: Tx, intent: IntentRecord, recipient: str, *, by: str = SYSTEM, seconds: int | None = None) -> Link:
    """Make a link by which ``recipient`` answers what ``intent`` asks now; :func:`path` leads to it.

    Args:
        intent: waits for a person.
        recipient: an e-mail address or the id of a person; named as who decided.
        by: who asked for the link.
        seconds: how long it is good; by default as long as the intent has time, and 30 days at least.
    """
    link = Link(
        link_id=secrets.token_urlsafe(_ID_BYTES),
        intent_id=intent.intent_id,
        asked_seq=links.newest_asking(tx, intent.intent_id),
        recipient=recipient,
        made_by=by,
        created_at=tx.now,
        expires_at=None if seconds is None else tx.now + seconds * SECOND,
        revoked_at=None,
    )
    tx.run(links.INSERT, link._asdict())
    return link


def path(tx: Tx, link: Link) -> str:
    """The path of a link's page, with its token."""
    return PAGE.format(tokens.sign(tx, link.link_id))


def open(tx: Tx, token: str, *, to_change: bool = False) -> Found:
    """What a token leads to, from whoever holds it. Changes nothing.

    Args:
        to_change: lock the intent until the transaction ends, because a decision follows.
    """
    link_id = tokens.read(tx, token)
    link = links.find(tx, link_id) if link_id else None
    if link is None:
        return Found(LinkState.UNKNOWN)
    intent = (intents.load_for_update if to_change else intents.load)(tx, link.intent_id)
    if intent is None:
        return Found(LinkState.UNKNOWN)
    return Found(state_of(tx, link, intent), link, intent, _answered(tx, link, intent))


def state_of(tx: Tx, link: Link, intent: IntentRecord) -> LinkState:
    """What a link of an intent is good for now."""
    newest, answered = links.newest_asking(tx, intent.intent_id), _answered(tx, link, intent)
    return state(link, intent, newest_asking=newest, answered=answered is not None, at=tx.now)


def list_links(tx: Tx, who: Identity, intent_id: str) -> Body:
    """The links of an intent, without their tokens. ``GET /v1/intents/{intent_id}/links``

    Raises:
        GatewayError: 403, 404.
    """
    intent = require_admitted(who, find(tx, who, intent_id))
    return {"ok": True, "links": [_shown(tx, link, intent) for link in links.of_intent(tx, intent_id)]}


def create(tx: Tx, who: Identity, intent_id: str, body: Body, *, base_url: str) -> Body:
    """Make a link for somebody; the answer is the one time it is shown. ``POST /v1/intents/{intent_id}/links``

    Args:
        tx: the transaction.
        who: the caller: the intent's creator, or an administrator of its workspace.
        intent_id: an intent that waits for a person.
        body: as :class:`~axme.contract.schemas.links.LinkCreate` loads it.
        base_url: how people reach this gateway.

    Raises:
        GatewayError: 403; 404; 409, nobody is asked any more.
    """
    intent = _to_change(tx, who, intent_id)
    require_open(intent)
    if not intent.waits_for_human:
        raise GatewayError(
            INVALID_TRANSITION,
            f"intent {intent_id} is {intent.status} and asks nobody: links are for tasks that wait for a person",
            details={"intent_id": intent_id, "status": intent.status.value},
        )
    link = mint(tx, intent, body["recipient"], by=who.actor_id or who.address, seconds=body.get("expires_in_seconds"))
    audit.record(tx, who, "link.create", link.link_id, details={"intent_id": intent_id, "recipient": link.recipient})
    return {"ok": True, "link": _shown(tx, link, intent) | {"url": f"{base_url}{path(tx, link)}"}}


def revoke(tx: Tx, who: Identity, intent_id: str, link_id: str) -> Body:
    """Make one link useless, for good. ``DELETE /v1/intents/{intent_id}/links/{link_id}``

    Raises:
        GatewayError: 403, 404.
    """
    intent = _to_change(tx, who, intent_id)
    link = links.find(tx, link_id)
    if link is None or link.intent_id != intent_id:
        raise GatewayError(NOT_FOUND, f"the intent has no link {link_id[:64]}: list those it has")
    return {"ok": True, "link": _shown(tx, _revoke(tx, who, link), intent)}


def revoke_all(tx: Tx, who: Identity, intent_id: str) -> Body:
    """Make all links of an intent useless, for good. ``DELETE /v1/intents/{intent_id}/links``

    Raises:
        GatewayError: 403, 404.
    """
    intent = _to_change(tx, who, intent_id)
    revoked = [_revoke(tx, who, link) for link in links.of_intent(tx, intent_id)]
    return {"ok": True, "links": [_shown(tx, link, intent) for link in revoked]}


def require_admitted(who: Identity, intent: IntentRecord) -> IntentRecord:
    """The intent, where it is the caller's own or the caller administers its workspace.

    Raises:
        GatewayError: 403.
    """
    if who.address != intent.from_agent and not who.roles & roles.LINK_ADMIN:
        raise GatewayError(
            FORBIDDEN, f"links are for who created the intent ({intent.from_agent}) and for administrators"
        )
    return intent


def _to_change(tx: Tx, who: Identity, intent_id: str) -> IntentRecord:
    # A link lets its holder decide, so nobody makes one who could not: least of all the sender across organizations.
    return require_admitted(who, find_to_change(tx, who, intent_id, RESUME, owner=None))


def _revoke(tx: Tx, who: Identity, link: Link) -> Link:
    if link.revoked_at is not None:
        return link
    tx.run(links.REVOKE, {"id": link.link_id, "now": tx.now})
    details = {"intent_id": link.intent_id, "recipient": link.recipient}
    audit.record(tx, who, "link.revoke", link.link_id, details=details)
    return link._replace(revoked_at=tx.now)


def _answered(tx: Tx, link: Link, intent: IntentRecord) -> Answered | None:
    """How the asking of a link was answered; that of a scenario's earlier step stands in the events alone."""
    for event in intents.events_since(tx, link.intent_id, link.asked_seq):
        if (result := event.details.get("task_result")) is not None:
            by = intent.decided_by if intent.decided_by and intent.decided_at == event.at else event.actor
            return Answered(by, event.at, result["outcome"])
    return None


def _shown(tx: Tx, link: Link, intent: IntentRecord) -> Body:
    return {
        "link_id": link.link_id,
        "intent_id": link.intent_id,
        "recipient": link.recipient,
        "state": state_of(tx, link, intent).value,
        "made_by": link.made_by,
        "created_at": to_text(link.created_at),
        "expires_at": to_text(expiry(link, intent.deadline_at)),
        "revoked_at": to_text(link.revoked_at) if link.revoked_at else None,
    }
