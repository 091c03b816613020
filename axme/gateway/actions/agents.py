"""Agents: the addresses of service accounts, and what was delivered to them (contract 3.6)."""

from __future__ import annotations

from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import AGENT_NOT_FOUND
from axme.contract.statuses import OPEN, IntentStatus
from axme.gateway.actions.admission import killed
from axme.gateway.actions.intents.read import Backlog
from axme.gateway.actions.owners import owner_address
from axme.gateway.actions.tenants import visible_part
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.store import topics
from axme.gateway.store.queries import accounts, intents
from axme.gateway.store.queries.cross_org import is_killed
from axme.gateway.store.tx import Row, Tx


def list_agents(tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, limit: int) -> dict[str, Any]:
    """The living agents of a workspace, the caller's own if none is named. ``GET /v1/agents``

    With an organization alone, all its workspaces the caller has a role in. Any other workspace looks empty.
    """
    part = visible_part(tx, who, org_id, workspace_id)
    rows = [] if part is None else tx.query(accounts.living(*part, limit=limit))
    return {"ok": True, "agents": [_agent(row) for row in rows]}


def get(tx: Tx, who: Identity, address: str) -> dict[str, Any]:
    """One agent of a workspace the caller has a role in. ``GET /v1/agents/{address}``

    Raises:
        GatewayError: 404 ``agent_not_found``.
    """
    row = find(tx, who, address)
    return {"ok": True, "agent": _agent(row) | {"updated_at": to_text(row["updated_at"])}}


def find(tx: Tx, who: Identity, address: str) -> Row:
    """The account of an agent, as far as it exists for the caller.

    Raises:
        GatewayError: 404 ``agent_not_found``, the same for another tenant's and a missing one; 403, no role in its
            workspace allows the operation.
    """
    full = who.canonical(address)
    row = tx.one(accounts.LATEST_ACCOUNT_AT, {"address": full})
    held = who.roles_in(row["org_id"], row["workspace_id"]) if row is not None else frozenset[str]()
    if row is None or not held:
        raise not_found(full)
    roles.require(held, who.may)
    return row


def find_living(tx: Tx, who: Identity, address: str) -> Row:
    """:func:`find` for what only an agent can have that is not deleted."""
    row = find(tx, who, address)
    if row["status"] == accounts.DELETED:
        raise not_found(row["address"])
    return row


def not_found(address: str) -> GatewayError:
    """There is none, as far as the caller may know."""
    return GatewayError(
        AGENT_NOT_FOUND,
        f"no agent has the address {address}: list the agents of your workspace to see those there are",
    )


def backlog(tx: Tx, who: Identity, address: str, since: int, statuses: frozenset[IntentStatus] | None) -> Backlog:
    """The deliveries after cursor ``since`` whose intents are in ``statuses`` (``None``: all that are open).

    Raises:
        GatewayError: 403, the address is outside the caller's workspace, or ``agent_killed``.
    """
    owner = owner_address(who, address)
    if is_killed(tx, owner, owner):
        raise killed(owner)
    mailbox = topics.mailbox(owner, who.workspace_id)
    newest = tx.one(intents.NEWEST_DELIVERY, {"mailbox": mailbox})
    wanted = statuses or OPEN
    deliveries = [
        intents.delivery(row)
        for row in tx.run(intents.DELIVERIES_SINCE, {"mailbox": mailbox, "since": since})
        if row["status"] in wanted
    ]
    return Backlog(deliveries, newest["cursor"] if newest else 0, terminal=False)


def _agent(row: Row) -> dict[str, Any]:
    return {
        "address": row["address"],
        "service_account_id": row["service_account_id"],
        "service_account_name": row["name"],
        "org_id": row["org_id"],
        "workspace_id": row["workspace_id"],
        "display_name": row["display_name"],
        "status": row["status"],
        "created_at": to_text(row["created_at"]),
    }
