"""Letting an intent through to its recipient, or refusing it (contract 3.10)."""

from __future__ import annotations

from axme.contract import addresses
from axme.contract.codes import AGENT_KILLED, INVALID_AGENT_ADDRESS, POLICY_DENIED
from axme.gateway.actions import audit
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.policy import cross_org
from axme.gateway.policy.cross_org import Reason
from axme.gateway.policy.intents import is_within
from axme.gateway.store.queries import cross_org as queries
from axme.gateway.store.queries import tenants
from axme.gateway.store.tx import Row, Tx

_WHAT_TO_DO = {
    Reason.RECEIVE_POLICY_CLOSED: "takes no intents from other organizations: ask its owner to allow {org}",
    Reason.RECEIVE_POLICY_NOT_ALLOWLISTED: "takes intents from chosen organizations only: ask its owner to allow {org}",
    Reason.OVERRIDE_DENIED: "takes no intents from your organization: ask its owner to allow {org}",
    Reason.OVERRIDE_CLOSED: "takes no intents from other organizations: ask its owner to allow {org}",
    Reason.OVERRIDE_NOT_ALLOWLISTED: "takes intents from chosen organizations only: ask its owner to allow {org}",
    Reason.SEND_POLICY_DENIED: "takes no intents from {sender}: ask its owner to allow it",
    Reason.AGENT_KILLED: "cannot be reached: it or {sender} is killed in the mesh, until somebody resumes it",
}


def admit(tx: Tx, who: Identity, recipient: str, field: str = "to_agent") -> str:
    """Let the caller send to ``recipient``; returns the id of the recipient's organization.

    Raises:
        GatewayError: 403 ``policy_denied`` or ``agent_killed``, with ``details.reason``; nothing else is told of
            another organization, not even whether it exists.
    """
    foreign = not is_within(who.org_slug, recipient)
    organization = _organization(tx, recipient) if foreign else None
    if foreign and organization is None:
        raise _refused(tx, who, recipient, field, Reason.RECEIVE_POLICY_CLOSED)
    org_id: str = organization["org_id"] if organization else who.org_id
    sender = cross_org.Sender(who.address, who.org_id, who.org_slug, who.scope)
    reason = _refusal(tx, sender, recipient, org_id, foreign=foreign)
    if reason is not None:
        raise _refused(tx, who, recipient, field, reason)
    return org_id


def refusal_now(tx: Tx, intent: IntentRecord, recipient: str) -> Reason | None:
    """Why a stored intent must not reach ``recipient`` any more: policies and the mesh as they are now."""
    organization = tx.run(tenants.ORGANIZATION, {"sought": intent.org_id})[0]
    place = addresses.parts(intent.from_agent)
    scope = f"{place.org}/{place.workspace}" if place else organization["slug"]
    sender = cross_org.Sender(intent.from_agent, intent.org_id, organization["slug"], scope)
    return _refusal(tx, sender, recipient, intent.to_org_id, foreign=intent.crosses)


def _refusal(tx: Tx, sender: cross_org.Sender, recipient: str, org_id: str, *, foreign: bool) -> Reason | None:
    return cross_org.refusal(
        sender,
        foreign=foreign,
        receive=queries.find(tx, queries.RECEIVE, org_id, cross_org.CLOSED) if foreign else cross_org.OPEN,
        override=queries.find(tx, queries.OVERRIDE, recipient, cross_org.USE_ORG_DEFAULT)
        if foreign
        else cross_org.USE_ORG_DEFAULT,
        send=queries.find(tx, queries.SEND, recipient, cross_org.OPEN),
        killed=queries.is_killed(tx, sender.address, recipient),
    )


def admit_elsewhere(tx: Tx, who: Identity, recipient: str | None, field: str) -> None:
    """:func:`admit` for an address that is written to besides the recipient: within the organization it is free.

    Raises:
        GatewayError: as :func:`admit`.
    """
    if recipient is not None and not is_within(who.org_slug, recipient):
        admit(tx, who, recipient, field)


def admit_escalation(tx: Tx, who: Identity, escalate_to: str | None) -> None:
    """Refuse an escalation that could reach nobody, or somebody who may not be written to.

    Raises:
        GatewayError: 422 ``invalid_agent_address``; as :func:`admit`.
    """
    if not escalate_to:
        return
    try:
        address = who.canonical(escalate_to)
    except addresses.AddressError as error:
        raise GatewayError(INVALID_AGENT_ADDRESS, f"escalate_to: {error}", details={"field": "escalate_to"}) from None
    admit_elsewhere(tx, who, address, "escalate_to")


def require_alive(tx: Tx, who: Identity) -> None:
    """Let no agent work that is killed in the mesh.

    Raises:
        GatewayError: 403 ``agent_killed``.
    """
    if queries.is_killed(tx, who.address, who.address):
        raise killed(who.address)


def killed(address: str) -> GatewayError:
    """The refusal of work by, or for, a killed agent."""
    return GatewayError(
        AGENT_KILLED,
        f"{address} is killed in the mesh, until somebody resumes it",
        details={"reason": Reason.AGENT_KILLED.value},
    )


def _organization(tx: Tx, recipient: str) -> Row | None:
    """The living organization that ``recipient`` names by its slug."""
    target = addresses.parts(recipient)
    row = None if target is None else tx.one(tenants.ORGANIZATION, {"sought": target.org})
    living = row is not None and target is not None and row["slug"] == target.org and row["status"] in tenants.LIVING
    return row if living else None


def _refused(tx: Tx, who: Identity, recipient: str, field: str, reason: Reason) -> GatewayError:
    audit.record_refusal(tx, who, "intent.create", recipient, reason.value)
    why = _WHAT_TO_DO[reason].format(org=who.org_slug, sender=who.address)
    return GatewayError(
        AGENT_KILLED if reason is Reason.AGENT_KILLED else POLICY_DENIED,
        f"{recipient} {why}",
        details={"reason": reason.value, field: recipient},
    )
