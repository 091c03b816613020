"""Telling that a way in was closed: the webhook event ``auth.session_revoked``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axme.contract.clock import to_text
from axme.contract.schemas.webhooks import SESSION_REVOKED
from axme.gateway.auth import tokens
from axme.gateway.auth.identity import Identity
from axme.gateway.store import topics
from axme.gateway.store.queries import access, webhooks
from axme.gateway.store.tx import Row, Tx


def of_member(tx: Tx, who: Identity, member: Row) -> None:
    """The tokens of a member are worth nothing any more: told to the member, and to who ended them."""
    details = {name: member[name] for name in ("member_id", "actor_id")}
    _tell(tx, who, [tokens.address_of(member)], "actor_token", member, details)


def of_key(tx: Tx, who: Identity, account: Row, key_id: str) -> None:
    """A key is worth nothing any more: told to its agent, and to who revoked it."""
    _tell(tx, who, [account["address"]], "api_key", account, {"key_id": key_id, "agent": account["address"]})


def ended(tx: Tx, names: Iterable[str]) -> set[str]:
    """Those of ``names`` that let nobody in any more.

    Args:
        names: keys, members, workspaces and organizations, as :mod:`~axme.gateway.store.topics` names them.
    """
    sought = set(names)
    return sought - {row["name"] for row in tx.query(access.living(sorted(sought), tx.now))}


def _tell(tx: Tx, who: Identity, addresses: list[str], kind: str, row: Row, details: dict[str, Any]) -> None:
    workspace_id = row["workspace_id"] or who.workspace_id
    told = details | {
        "session_type": kind,
        "org_id": row["org_id"],
        "workspace_id": row["workspace_id"] or None,
        "revoked_by": who.actor,
        "revoked_at": to_text(tx.now),
    }
    mailboxes = [topics.mailbox(address, workspace_id) for address in addresses]
    mailboxes.append(topics.mailbox(who.address, who.workspace_id))
    webhooks.tell(tx, webhooks.subscribers(tx, mailboxes), [webhooks.Happening(SESSION_REVOKED, told)])
