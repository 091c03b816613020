"""Invites, by the hash of their token."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select, update

from axme.gateway.store.tables import invites, users

_i, _u = invites.c, users.c

INSERT = insert(invites)
FIND = (
    select(invites, _u.owner_agent.label("accepted_owner_agent"), _u.nick)
    .join_from(invites, users, _u.user_id == _i.user_id, isouter=True)
    .where(_i.token_hash == bindparam("token_hash"), _i.org_id == bindparam("org_id"))
)
FIND_FOR_UPDATE = (
    select(invites).where(_i.token_hash == bindparam("token_hash"), _i.org_id == bindparam("org_id")).with_for_update()
)
ACCEPT = (
    update(invites)
    .where(_i.token_hash == bindparam("hash"))
    .values(accepted_at=bindparam("at"), user_id=bindparam("by"))
)
