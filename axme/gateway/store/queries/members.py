"""Memberships: who has which role, in a workspace or (workspace ``""``) in all of an organization."""

from __future__ import annotations

from sqlalchemy import bindparam, func, or_, select, text, update

from axme.gateway.store.tables import members, organizations, workspaces

ACTIVE = "active"
REMOVED = "removed"
EVERYWHERE = ""
_m, _o, _w = members.c, organizations.c, workspaces.c

#: Two requests may see a place free at once; the table lets one of them have it.
INSERT = text(
    "INSERT INTO members"
    " (member_id, org_id, workspace_id, actor_id, role, status, invited_by_actor_id, created_at, updated_at) VALUES"
    " (:member_id, :org_id, :workspace_id, :actor_id, :role, :status, :invited_by_actor_id, :created_at, :updated_at)"
    " ON CONFLICT DO NOTHING RETURNING member_id"
)
#: Changes of who owns an organization wait for each other, so that its last owner stays.
OWNERS = (
    select(_m.member_id)
    .where(_m.org_id == bindparam("org_id"), _m.role == "org_owner", _m.status == ACTIVE)
    .with_for_update()
)
MEMBER = (
    select(members)
    .where(_m.member_id == bindparam("member_id"), _m.org_id == bindparam("org_id"), _m.status != REMOVED)
    .with_for_update()
)
MEMBER_OF_TOKEN = (
    select(
        _m.member_id,
        _m.actor_id,
        _m.role,
        _m.workspace_id.label("member_workspace_id"),
        _o.org_id,
        _o.slug.label("org_slug"),
        _w.workspace_id,
        _w.slug.label("workspace_slug"),
    )
    .select_from(members)
    .join(organizations, _o.org_id == _m.org_id)
    .join(workspaces, _w.org_id == _m.org_id)
    .where(
        _m.member_id == bindparam("member_id"),
        _m.status == ACTIVE,
        _w.workspace_id == bindparam("workspace_id"),
        _w.status == ACTIVE,
        or_(_o.status == ACTIVE, _o.status == "pending"),
    )
)
MEMBERS = (
    select(members).where(_m.org_id == bindparam("org_id"), _m.status != REMOVED).order_by(_m.created_at, _m.member_id)
)
OF_ACTOR = select(members).where(_m.actor_id == bindparam("actor_id"), _m.status != REMOVED)
COUNT_OWNED = select(func.count().label("count")).where(
    _m.actor_id == bindparam("actor_id"), _m.role == "org_owner", _m.workspace_id == EVERYWHERE, _m.status != REMOVED
)
OF_ACTOR_IN = (
    select(members)
    .where(_m.actor_id == bindparam("actor_id"), _m.org_id == bindparam("org_id"), _m.status != REMOVED)
    .order_by(_m.workspace_id)
)
OF_ACTOR_AT = select(members).where(
    _m.actor_id == bindparam("actor_id"),
    _m.org_id == bindparam("org_id"),
    _m.workspace_id == bindparam("workspace_id"),
    _m.status != REMOVED,
)
UPDATE = (
    update(members)
    .where(_m.member_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in ("workspace_id", "role", "status", "updated_at")})
)
