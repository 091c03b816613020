"""Agents: the addresses of service accounts, and what was delivered to them (contract 3.6)."""

from __future__ import annotations

from typing import Any

from axme.contract.clock import to_text
from axme.contract.codes import AGENT_NOT_FOUND
from axme.contract.statuses import OPEN, IntentStatus
from axme.gateway.actions.intents.read import Backlog
from axme.gateway.actions.owners import owner_address
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store import topics
from axme.gateway.store.queries import accounts, intents
from axme.gateway.store.tx import Row, Tx


def list_agents(tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, limit: int) -> dict[str, Any]:
    """The living agents of a workspace, the caller's own if none is named. ``GET /v1/agents``

    A workspace that is not the caller's looks empty.
    """
    if not in_own_workspace(who, org_id, workspace_id):
        return {"ok": True, "agents": []}
    rows = tx.run(accounts.ACCOUNTS, {"workspace_id": who.workspace_id, "limit": limit})
    return {"ok": True, "agents": [_agent(row) for row in rows]}


def get(tx: Tx, who: Identity, address: str) -> dict[str, Any]:
    """One agent of the caller's organization. ``GET /v1/agents/{address}``

    Raises:
        GatewayError: 404 ``agent_not_found``.
    """
    full = who.canonical(address)
    row = tx.one(accounts.LATEST_ACCOUNT_AT, {"address": full, "org_id": who.org_id})
    if row is None or row["workspace_id"] != who.workspace_id:
        raise GatewayError(
            AGENT_NOT_FOUND,
            f"no agent has the address {full}: list the agents of your workspace to see those there are",
        )
    return {"ok": True, "agent": _agent(row) | {"updated_at": to_text(row["updated_at"])}}


def backlog(tx: Tx, who: Identity, address: str, since: int, statuses: frozenset[IntentStatus] | None) -> Backlog:
    """The deliveries after cursor ``since`` whose intents are in ``statuses`` (``None``: all that are open).

    Raises:
        GatewayError: 403, the address is outside the caller's workspace.
    """
    mailbox = topics.mailbox(owner_address(who, address), who.workspace_id)
    newest = tx.one(intents.NEWEST_DELIVERY, {"mailbox": mailbox})
    wanted = statuses or OPEN
    deliveries = [
        intents.delivery(row)
        for row in tx.run(intents.DELIVERIES_SINCE, {"mailbox": mailbox, "since": since})
        if row["status"] in wanted
    ]
    return Backlog(deliveries, newest["cursor"] if newest else 0, terminal=False)


def in_own_workspace(who: Identity, org_id: str | None, workspace_id: str | None) -> bool:
    """Whether what was asked for, by id or by slug, is where the caller belongs."""
    return (not org_id or org_id in {who.org_id, who.org_slug}) and (
        not workspace_id or workspace_id in {who.workspace_id, who.workspace_slug}
    )


def _agent(row: Row) -> dict[str, Any]:
    return {
        "address": row["address"],
        "service_account_id": row["service_account_id"],
        "service_account_name": row["name"],
        "display_name": row["display_name"],
        "status": row["status"],
        "created_at": to_text(row["created_at"]),
    }
