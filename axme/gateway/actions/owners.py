"""Whose inbox or agent a call is about (contract 1.3)."""

from __future__ import annotations

from axme.contract import addresses
from axme.contract.codes import INVALID_AGENT_ADDRESS, OWNER_SCOPE_MISMATCH
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.transitions import SYSTEM


def owner_address(who: Identity, owner: str | None) -> str:
    """The address meant by ``owner``; without one, the key's own.

    Raises:
        GatewayError: 403, the address belongs to another workspace; 422, it is no address.
    """
    if not owner:
        return who.address
    try:
        address = who.canonical(owner)
    except addresses.AddressError as error:
        raise GatewayError(INVALID_AGENT_ADDRESS, f"owner_agent: {error}", details={"field": "owner_agent"}) from None
    target = addresses.parts(address)
    if target is not None and f"{target.org}/{target.workspace}" != who.scope:
        raise GatewayError(
            OWNER_SCOPE_MISMATCH,
            f"{address} is outside your workspace {who.scope}: use a key of its own workspace",
            details={"owner_agent": address},
        )
    return address


def acting(who: Identity, said: str | None, owner: str | None) -> str:
    """Who is named in the events of what is done: whoever the caller says acts, within its own organization.

    Args:
        who: the caller. A service account may name the person it asked; a person acts in its own name.
        said: the ``actor`` of the body.
        owner: in whose name; the default.

    Raises:
        GatewayError: 403, it is an address of another organization, the gateway itself, or another person.
    """
    own = owner_address(who, owner)
    if said is None or said in (own, who.address, who.actor_id):
        return said or own
    if who.actor_id is not None or said.strip().lower() == SYSTEM or _is_elsewhere(who, said):
        raise GatewayError(
            OWNER_SCOPE_MISMATCH,
            f"actor: {said[:100]} is not yours to name: leave it out, or name somebody of your organization",
            details={"actor": said},
        )
    return said


def _is_elsewhere(who: Identity, said: str) -> bool:
    try:
        target = addresses.parts(who.canonical(said))
    except addresses.AddressError:
        return False
    return target is not None and target.org != who.org_slug
