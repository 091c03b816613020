"""Users, by nick and by address."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select, text, update

from axme.gateway.store.tables import users
from axme.gateway.store.tx import Tx

_u = users.c
_UNIQUE_VIOLATION = "23505"

BY_NICK = select(users).where(_u.nick == bindparam("nick"))
BY_OWNER = select(users).where(_u.owner_agent == bindparam("owner_agent"), _u.org_id == bindparam("org_id"))
#: Whom an actor is a user as.
OF_ACTOR = select(users).where(
    _u.org_id == bindparam("org_id"),
    or_(
        _u.user_id == bindparam("actor_id"),
        _u.owner_agent == bindparam("actor_id"),
        _u.nick == bindparam("actor_id"),
        _u.email == bindparam("actor_id"),
    ),
)
BY_OWNER_FOR_UPDATE = BY_OWNER.with_for_update()
#: Two requests may see a nick free at once; the table lets one of them have it.
INSERT_IF_FREE = text(
    "INSERT INTO users (user_id, org_id, workspace_id, owner_agent, nick, display_name, phone, email, created_at,"
    " updated_at) VALUES (:user_id, :org_id, :workspace_id, :owner_agent, :nick, :display_name, :phone, :email,"
    " :created_at, :updated_at) ON CONFLICT DO NOTHING RETURNING user_id"
)
#: Takes the nick only while nobody else has it.
TAKE_NICK = text(
    "UPDATE users SET nick = :nick WHERE user_id = :user_id"
    " AND NOT EXISTS (SELECT 1 FROM users AS other WHERE other.nick = :nick AND other.user_id <> :user_id)"
    " RETURNING user_id"
)
UPDATE = (
    update(users)
    .where(_u.user_id == bindparam("id"))
    .values(
        display_name=bindparam("new_display_name"),
        phone=bindparam("new_phone"),
        email=bindparam("new_email"),
        updated_at=bindparam("new_updated_at"),
    )
)


def take_nick(tx: Tx, user_id: str, nick: str) -> bool:
    """Give a user another nick; ``False`` when somebody else has it, or takes it at this very moment."""
    try:
        return tx.one(TAKE_NICK, {"nick": nick, "user_id": user_id}) is not None
    except Exception as error:
        # Only PostgreSQL lets two transactions take it at once, and tells the second when the first has committed.
        if getattr(error, "sqlstate", None) == _UNIQUE_VIOLATION:
            return False
        raise
