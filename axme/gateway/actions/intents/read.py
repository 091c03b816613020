"""Looking at intents."""

from __future__ import annotations

from typing import Any, NamedTuple

from axme.contract import addresses
from axme.contract.clock import to_text
from axme.contract.codes import VALIDATION_ERROR
from axme.contract.statuses import is_terminal, parse_statuses
from axme.gateway.actions.admission import killed
from axme.gateway.actions.intents.access import find
from axme.gateway.actions.steps import shown
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle import wire
from axme.gateway.store.queries import intents, jobs
from axme.gateway.store.queries.cross_org import is_killed
from axme.gateway.store.tx import Tx


class Backlog(NamedTuple):
    """What a stream starts with: what is there already, the newest number, and whether more can come."""

    events: list[dict[str, Any]]
    newest: int
    terminal: bool


def get(tx: Tx, who: Identity, intent_id: str) -> dict[str, Any]:
    """One intent. ``GET /v1/intents/{intent_id}``"""
    intent = find(tx, who, intent_id)
    due_at = None if intent.is_terminal or intent.paused else jobs.next_reminder(tx, intent_id)
    reminder = {} if due_at is None else {"next_reminder_at": to_text(due_at)}
    return {"ok": True, "intent": wire.intent(intent) | reminder | shown(tx, intent)}


def has_ended(tx: Tx, intent_id: str) -> bool:
    """Whether nothing can follow, of an intent the caller has just sent."""
    row = tx.one(intents.STATUS, {"intent_id": intent_id})
    return row is not None and is_terminal(row["status"])


def events(tx: Tx, who: Identity, intent_id: str, since: int = 0) -> dict[str, Any]:
    """The events after ``since``. ``GET /v1/intents/{intent_id}/events``"""
    return {"ok": True, "events": backlog(tx, who, intent_id, since).events}


def backlog(tx: Tx, who: Identity, intent_id: str, since: int) -> Backlog:
    """The events after ``since``, for a stream to begin with.

    A ``since`` beyond the newest event selects from itself on, so that a client asking with ``last + 1`` misses
    nothing (contract 1.11); here that is an empty list either way.
    """
    intent = find(tx, who, intent_id)
    steps = intents.events_since(tx, intent_id, since) if since < intent.seq else []
    return Backlog([wire.event(intent_id, step) for step in steps], intent.seq, intent.is_terminal)


def followed(tx: Tx, who: Identity, intent_id: str, since: int) -> Backlog:
    """:func:`backlog` for a stream: an agent that is killed follows nothing.

    Raises:
        GatewayError: 404; 403 ``agent_killed``.
    """
    if is_killed(tx, who.address, who.address):
        raise killed(who.address)
    return backlog(tx, who, intent_id, since)


def list_intents(
    tx: Tx,
    who: Identity,
    *,
    status: str | None,
    limit: int,
    intent_type: str | None = None,
    to_agent: str | None = None,
    from_agent: str | None = None,
    correlation_id: str | None = None,
    agent: str | None = None,
    text: str | None = None,
    before: str | None = None,
) -> dict[str, Any]:
    """The intents a key can see, the newest first. ``GET /v1/intents``

    Args:
        agent: from or to this agent.
        text: somewhere in id, type, correlation id or addresses, in upper or lower case.
        before: the id of an intent; go on behind it.

    Raises:
        GatewayError: 422, a filter is no status or no address; 404, there is no intent ``before``.
    """
    equal = {
        "intent_type": intent_type,
        "correlation_id": correlation_id,
        "to_agent": _address(who, to_agent, "to_agent"),
        "from_agent": _address(who, from_agent, "from_agent"),
    }
    found = intents.listed(
        tx,
        org_id=who.org_id,
        workspace_id=who.workspace_id,
        scope=who.scope,
        statuses=_statuses(status) if status else (),
        equal={name: value for name, value in equal.items() if value is not None},
        agent=_address(who, agent, "agent"),
        text=text,
        before=find(tx, who, before) if before else None,
        limit=limit,
    )
    return {"ok": True, "intents": [wire.intent(record) for record in found]}


def _statuses(words: str) -> list[str]:
    try:
        return sorted(parse_statuses(words))
    except ValueError as error:
        raise GatewayError(VALIDATION_ERROR, f"status: {error}", details={"field": "status"}) from None


def _address(who: Identity, text: str | None, field: str) -> str | None:
    if not text:
        return None
    try:
        return who.canonical(text)
    except addresses.AddressError as error:
        raise GatewayError(VALIDATION_ERROR, f"{field}: {error}", details={"field": field}) from None
