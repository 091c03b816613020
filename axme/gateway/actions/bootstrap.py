"""The first boot of an empty gateway."""

from __future__ import annotations

from typing import NamedTuple

from axme.contract.member_roles import ORG_OWNER
from axme.gateway.actions import members, organizations, workspaces
from axme.gateway.auth.keys import mint
from axme.gateway.store.queries import accounts, secrets
from axme.gateway.store.tx import Tx

ORGANIZATION = "local"
WORKSPACE = "default"
ACCOUNT = "admin"
_ONE_AT_A_TIME = "first_boot"
_CREATOR = "system"


class Credentials(NamedTuple):
    """What the first boot made. The key is nowhere else."""

    org_id: str
    workspace_id: str
    address: str
    api_key: str


def first_boot(tx: Tx) -> Credentials | None:
    """Make the organization ``local``, its workspace ``default`` and the account ``admin`` with one key.

    The account owns the organization.

    Returns:
        The credentials, or ``None`` when there already is an organization.
    """
    if tx.one(accounts.ANY_ORGANIZATION) is not None:
        return None
    # A row that one alone can make: a node that boots at the same time waits here, and then finds all of it done.
    secrets.find_or_make(tx, _ONE_AT_A_TIME)
    if tx.one(accounts.ANY_ORGANIZATION) is not None:
        return None
    org_id = organizations.insert(tx, {"name": ORGANIZATION})["org_id"]
    workspace_id = workspaces.insert(tx, org_id, {"name": WORKSPACE, "environment": "production"})["workspace_id"]
    account_id = accounts.new_account_id()
    address = f"agent://{ORGANIZATION}/{WORKSPACE}/{ACCOUNT}"
    tx.run(
        accounts.INSERT_ACCOUNT,
        {
            "service_account_id": account_id,
            "org_id": org_id,
            "workspace_id": workspace_id,
            "name": ACCOUNT,
            "display_name": None,
            "description": "made at the first boot",
            "status": accounts.ACTIVE,
            "address": address,
            "created_by_actor_id": _CREATOR,
            "created_at": tx.now,
            "updated_at": tx.now,
        },
    )
    members.insert(tx, org_id, None, account_id, ORG_OWNER)
    key = mint(account_id)
    tx.run(
        accounts.INSERT_KEY,
        {
            "key_id": accounts.new_key_id(),
            "service_account_id": account_id,
            "token_hash": key.hash,
            "key_hint": key.hint,
            "created_by_actor_id": _CREATOR,
            "created_at": tx.now,
            "expires_at": None,
            "revoked_at": None,
        },
    )
    return Credentials(org_id, workspace_id, address, key.token)
