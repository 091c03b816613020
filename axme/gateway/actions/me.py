"""Who the caller is."""

from __future__ import annotations

from typing import Any

from axme.contract.member_roles import ROLES
from axme.gateway.auth.identity import Identity
from axme.gateway.store.queries import tenants
from axme.gateway.store.tx import Tx


def get(tx: Tx, who: Identity) -> dict[str, Any]:
    """The caller's address, organization, workspace and roles there. ``GET /v1/me``"""
    organization = tx.run(tenants.ORGANIZATION, {"sought": who.org_id})[0]
    workspace = tx.run(tenants.WORKSPACE_BY_ID, {"workspace_id": who.workspace_id})[0]
    return {
        "ok": True,
        "me": {
            "address": who.address,
            "service_account_id": None if who.is_person else who.service_account_id,
            "actor_id": who.actor_id,
            "org_id": who.org_id,
            "workspace_id": who.workspace_id,
            "roles": [role for role in ROLES if role in who.roles],
            "organization": {name: organization[name] for name in ("org_id", "slug", "name")},
            "workspace": {name: workspace[name] for name in ("workspace_id", "org_id", "slug", "name")},
        },
    }
