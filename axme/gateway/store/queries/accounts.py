"""Organizations, workspaces, service accounts and their keys."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, or_, select, text, update

from axme.gateway.store.tables import organizations, service_account_keys, service_accounts, workspaces

ACTIVE = "active"
DELETED = "deleted"
_a, _k, _o, _w = service_accounts.c, service_account_keys.c, organizations.c, workspaces.c

_AT_FIRST = (
    "service_account_id", "org_id", "workspace_id", "name", "display_name", "description", "status", "address",
    "created_by_actor_id", "created_at", "updated_at",
)  # fmt: skip
INSERT_ACCOUNT = insert(service_accounts).values({name: bindparam(name) for name in _AT_FIRST})
#: Two requests may see an address free at once; the table lets one of them have it.
INSERT_ACCOUNT_IF_FREE = text(
    "INSERT INTO service_accounts (service_account_id, org_id, workspace_id, name, display_name, description, status,"
    " address, created_by_actor_id, created_at, updated_at) VALUES (:service_account_id, :org_id, :workspace_id, :name,"
    " :display_name, :description, :status, :address, :created_by_actor_id, :created_at, :updated_at)"
    " ON CONFLICT DO NOTHING RETURNING service_account_id"
)
INSERT_KEY = insert(service_account_keys)

ANY_ORGANIZATION = select(_o.org_id).limit(1)
WORKSPACE = select(workspaces).where(_w.workspace_id == bindparam("workspace_id"))

_IDENTITY = (
    select(
        _k.key_id,
        _a.service_account_id,
        _a.address,
        _o.org_id,
        _o.slug.label("org_slug"),
        _w.workspace_id,
        _w.slug.label("workspace_slug"),
    )
    .select_from(service_account_keys)
    .join(service_accounts, _a.service_account_id == _k.service_account_id)
    .join(workspaces, _w.workspace_id == _a.workspace_id)
    .join(organizations, _o.org_id == _a.org_id)
    .where(
        _k.revoked_at.is_(None),
        or_(_k.expires_at.is_(None), _k.expires_at > bindparam("now")),
        _a.status == ACTIVE,
        _w.status == ACTIVE,
        or_(_o.status == ACTIVE, _o.status == "pending"),
    )
)
IDENTITY_OF_TOKEN = _IDENTITY.where(_k.token_hash == bindparam("token_hash"))
IDENTITY_OF_KEY = _IDENTITY.where(_k.key_id == bindparam("key_id"))

#: Whose a key is or was, whether or not it still lets anybody in.
HOLDER_OF_TOKEN = (
    select(_k.key_id, _a.address, _a.org_id, _a.workspace_id)
    .select_from(service_account_keys)
    .join(service_accounts, _a.service_account_id == _k.service_account_id)
    .where(_k.token_hash == bindparam("token_hash"))
)

ACCOUNT = select(service_accounts).where(_a.service_account_id == bindparam("service_account_id"))
LIVING_ACCOUNT_AT = (
    select(service_accounts).where(_a.address == bindparam("address"), _a.status != DELETED).with_for_update()
)
LATEST_ACCOUNT_AT = (
    select(service_accounts)
    .where(_a.address == bindparam("address"))
    .order_by(_a.created_at.desc(), _a.service_account_id)
    .limit(1)
)
SET_ACCOUNT_STATUS = (
    update(service_accounts)
    .where(_a.service_account_id == bindparam("id"))
    .values(status=bindparam("status"), updated_at=bindparam("updated_at"))
)

KEY = select(service_account_keys).where(
    _k.key_id == bindparam("key_id"), _k.service_account_id == bindparam("service_account_id")
)
KEYS = (
    select(service_account_keys)
    .where(_k.service_account_id == bindparam("service_account_id"))
    .order_by(_k.created_at, _k.key_id)
)
LIVING_KEYS = select(_k.key_id, _k.revoked_at).where(
    _k.service_account_id == bindparam("service_account_id"), _k.revoked_at.is_(None)
)
COUNT_LIVING_KEYS = select(func.count().label("count")).where(
    _k.service_account_id == bindparam("service_account_id"),
    _k.revoked_at.is_(None),
    or_(_k.expires_at.is_(None), _k.expires_at > bindparam("now")),
)
COUNT_LIVING_ACCOUNTS = select(func.count().label("count")).where(
    _a.workspace_id == bindparam("workspace_id"), _a.status != DELETED
)
REVOKE_KEY = (
    update(service_account_keys)
    .where(_k.key_id == bindparam("id"), _k.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)


def living(org_id: str, workspaces: frozenset[str] | None, *, limit: int) -> Select[Any]:
    """The accounts of an organization, or of some of its workspaces, that are not deleted; the oldest first."""
    found = select(service_accounts).where(_a.org_id == org_id, _a.status != DELETED)
    if workspaces is not None:
        found = found.where(_a.workspace_id.in_(sorted(workspaces)))
    return found.order_by(_a.created_at, _a.service_account_id).limit(limit)


def new_account_id() -> str:
    """A new id of a service account."""
    return f"sa_{secrets.token_hex(10)}"


def new_key_id() -> str:
    """A new id of a key."""
    return f"sak_{secrets.token_hex(10)}"
