"""Which of those who have something open are still let in."""

from __future__ import annotations

from sqlalchemy import CompoundSelect, or_, select, union_all

from axme.gateway.store.queries.accounts import ACTIVE
from axme.gateway.store.queries.members import ACTIVE as IS_MEMBER
from axme.gateway.store.tables import members, organizations, service_account_keys, service_accounts, workspaces

_a, _k, _m, _o, _w = service_accounts.c, service_account_keys.c, members.c, organizations.c, workspaces.c
_MEMBER = "member:"


def living(names: list[str], now: int) -> CompoundSelect[tuple[str]]:
    """Those of ``names`` (ids of keys, workspaces and organizations, ``member:…``) that let somebody in."""
    member_ids = [name.removeprefix(_MEMBER) for name in names if name.startswith(_MEMBER)]
    keys = (
        select(_k.key_id.label("name"))
        .join(service_accounts, _a.service_account_id == _k.service_account_id)
        .where(
            _k.key_id.in_(names),
            _k.revoked_at.is_(None),
            or_(_k.expires_at.is_(None), _k.expires_at > now),
            _a.status == ACTIVE,
        )
    )
    return union_all(
        keys,
        select((_MEMBER + _m.member_id).label("name")).where(_m.member_id.in_(member_ids), _m.status == IS_MEMBER),
        select(_w.workspace_id).where(_w.workspace_id.in_(names), _w.status == ACTIVE),
        select(_o.org_id).where(_o.org_id.in_(names), or_(_o.status == ACTIVE, _o.status == "pending")),
    )
