"""Whose inbox or agent a call is about (contract 1.3)."""

from __future__ import annotations

from axme.contract import addresses
from axme.contract.codes import INVALID_AGENT_ADDRESS, OWNER_SCOPE_MISMATCH
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError


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
