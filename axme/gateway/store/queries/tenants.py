"""Organizations and workspaces; each is found by id or by slug, where ids come first."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, func, or_, select, text, update

from axme.gateway.store.queries.members import REMOVED
from axme.gateway.store.tables import members, organizations, workspaces

ACTIVE = "active"
#: An organization in one of these takes part in everything.
LIVING = frozenset({ACTIVE, "pending"})
_o, _w, _m = organizations.c, workspaces.c, members.c
_sought: BindParameter[str] = bindparam("sought")

ORGANIZATION = (
    select(organizations)
    .where(or_(_o.org_id == _sought, _o.slug == _sought))
    .order_by((_o.org_id == _sought).desc())
    .limit(1)
)
WORKSPACE = (
    select(workspaces)
    .where(_w.org_id == bindparam("org_id"), or_(_w.workspace_id == _sought, _w.slug == _sought))
    .order_by((_w.workspace_id == _sought).desc())
    .limit(1)
)
WORKSPACE_BY_ID = select(workspaces).where(_w.workspace_id == bindparam("workspace_id"))
WORKSPACES = select(workspaces).where(_w.org_id == bindparam("org_id")).order_by(_w.created_at, _w.workspace_id)
COUNTS = select(
    select(func.count())
    .select_from(workspaces)
    .where(_w.org_id == bindparam("org_id"))
    .scalar_subquery()
    .label("workspaces_count"),
    select(func.count(_m.actor_id.distinct()))
    .where(_m.org_id == bindparam("org_id"), _m.status != REMOVED)
    .scalar_subquery()
    .label("members_count"),
)

_of_organization = ("slug", "name", "legal_name", "primary_domain", "status", "metadata", "updated_at")
_of_workspace = ("slug", "name", "environment", "region", "status", "updated_at")
#: Two requests may see a slug free at once; the table lets one of them have it.
INSERT_ORGANIZATION = text(
    "INSERT INTO organizations"
    " (org_id, slug, name, legal_name, primary_domain, status, metadata, created_at, updated_at) VALUES"
    " (:org_id, :slug, :name, :legal_name, :primary_domain, :status, :metadata, :created_at, :updated_at)"
    " ON CONFLICT DO NOTHING RETURNING org_id"
)
INSERT_WORKSPACE = text(
    "INSERT INTO workspaces"
    " (workspace_id, org_id, slug, name, environment, region, status, created_at, updated_at) VALUES"
    " (:workspace_id, :org_id, :slug, :name, :environment, :region, :status, :created_at, :updated_at)"
    " ON CONFLICT DO NOTHING RETURNING workspace_id"
)
UPDATE_ORGANIZATION = (
    update(organizations)
    .where(_o.org_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in _of_organization if name != "slug"})
)
UPDATE_WORKSPACE = (
    update(workspaces)
    .where(_w.workspace_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in _of_workspace if name != "slug"})
)
