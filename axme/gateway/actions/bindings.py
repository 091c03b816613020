"""How an agent gets its intents: it asks for them, or they are posted to a URL (contract 3.6, delivery bindings)."""

from __future__ import annotations

from typing import Any

from axme.contract import signing
from axme.contract.clock import to_text
from axme.contract.codes import VALIDATION_ERROR
from axme.gateway.actions.agents import find_living
from axme.gateway.actions.placed import note
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.policy import ssrf
from axme.gateway.store.columns import to_json
from axme.gateway.store.queries import aliases, principals, pushes, transports
from axme.gateway.store.queries.placed import new_id
from axme.gateway.store.tx import Row, Tx

_HINT_CHARS = 4


def get(tx: Tx, who: Identity, address: str) -> dict[str, Any]:
    """How an agent gets its intents. ``GET /v1/agents/{address}/delivery``

    Raises:
        GatewayError: 404 ``agent_not_found``.
    """
    agent = find_living(tx, who, address)
    return {"ok": True, "binding": _shown(tx, agent, pushes.bound_to(tx, agent["address"]))}


def put(tx: Tx, who: Identity, address: str, body: dict[str, Any]) -> dict[str, Any]:
    """Have intents posted to a URL, or to none any more. ``PUT /v1/agents/{address}/delivery``

    Args:
        body: as :class:`~axme.contract.schemas.agents.DeliverySet` loads it.

    Raises:
        GatewayError: 404 ``agent_not_found``; 422, nothing can be posted to this URL.
    """
    agent = find_living(tx, who, address)
    overlap = body["overlap_seconds"] if body["rotate_secret"] else None
    return {"ok": True, "binding": bind(tx, who, agent, body["delivery_mode"], body.get("callback_url"), overlap)}


def bind(
    tx: Tx, who: Identity, agent: Row, mode: str, callback_url: str | None, overlap: int | None = None
) -> dict[str, Any]:
    """Set how ``agent`` (a row of service_accounts) gets its intents; a secret that is made is in the answer once.

    Args:
        mode: ``http`` posts to ``callback_url``; with the others the agent asks for what there is.
        overlap: seconds that the secret before goes on to sign, if a new one is wanted.

    Raises:
        GatewayError: 422.
    """
    address = agent["address"]
    if mode == pushes.HTTP:
        _check_url(callback_url)
    posted = mode == pushes.HTTP
    kind, handle = (pushes.POSTED[0], callback_url) if posted else (pushes.QUEUE, mode)
    before = pushes.bound_to(tx, address)
    principal_id = before["principal_id"] if before else _principal(tx, agent)
    tx.run(pushes.SWITCH_OFF, {"of": principal_id, "type": kind, "but": handle, "now": tx.now})
    place = {"principal_id": principal_id, "transport_type": kind, "transport_handle": handle}
    made = _bind(tx, agent, place, overlap)
    note(tx, who, "agent.delivery", address, agent, {"delivery_mode": mode, "callback_url": callback_url})
    return _shown(tx, agent, pushes.bound_to(tx, address)) | ({"secret": made} if made else {})


def _bind(tx: Tx, agent: Row, place: Row, overlap: int | None) -> str | None:
    """Store the binding; the answer is the secret that was made for it, if one was."""
    row: Row = place | {
        "binding_id": new_id("bnd"),
        "org_id": agent["org_id"],
        "workspace_id": agent["workspace_id"],
        "priority": 1,
        "status": pushes.ACTIVE,
        "metadata": to_json({}),
        "secret": signing.new_secret() if place["transport_type"] in pushes.POSTED else None,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    binding_id = tx.run(transports.UPSERT, row)[0]["binding_id"]
    secret: str | None = row["secret"]
    if binding_id == row["binding_id"]:
        return secret
    if overlap is None or secret is None:
        return None
    until = tx.now + overlap * SECOND
    tx.run(transports.ROTATE, {"id": binding_id, "new_secret": secret, "until": until, "now": tx.now})
    return secret


def _principal(tx: Tx, agent: Row) -> str:
    """The principal that the agent's address is a name of; made where there is none."""
    named = {"workspace_id": agent["workspace_id"], "alias": agent["address"]}
    found = tx.one(aliases.ACTIVE_ALIAS, named)
    if found is not None:
        principal_id: str = found["principal_id"]
        return principal_id
    place = {name: agent[name] for name in ("org_id", "workspace_id")} | {
        "metadata": to_json({}),
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    row = place | {
        "principal_id": new_id("prn"),
        "principal_type": "service_agent",
        "display_name": agent["display_name"] or agent["name"],
        "status": principals.ACTIVE,
    }
    tx.run(principals.INSERT, row)
    alias = place | named | {"alias_id": new_id("als"), "principal_id": row["principal_id"], "revoked_at": None}
    tx.run(aliases.INSERT_IF_FREE, alias | {"alias_type": "service", "status": aliases.ACTIVE})
    return str(row["principal_id"])


def _check_url(url: str | None) -> None:
    try:
        ssrf.parse(url or "")
    except ssrf.TargetError as error:
        raise GatewayError(VALIDATION_ERROR, f"callback_url: {error}", details={"field": "callback_url"}) from None


def _shown(tx: Tx, agent: Row, binding: Row | None) -> dict[str, Any]:
    shown = {"address": agent["address"], "delivery_mode": pushes.mode_of(binding) if binding else pushes.PULLED[0]}
    if binding is None:
        return shown | dict.fromkeys(("callback_url", "binding_id", "secret_hint", "old_secret_until"))
    secret, until = binding["secret"], binding["old_secret_until"]
    return shown | {
        "callback_url": binding["transport_handle"] if binding["transport_type"] in pushes.POSTED else None,
        "binding_id": binding["binding_id"],
        "secret_hint": f"…{secret[-_HINT_CHARS:]}" if secret else None,
        "old_secret_until": to_text(until) if until and until > tx.now else None,
    }
