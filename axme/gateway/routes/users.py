"""Users and their nicks (contract 3.15)."""

from __future__ import annotations

from axme.contract.schemas import users as schemas
from axme.gateway.actions import users
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import Text
from axme.gateway.store import Tx

_NICK = (Text(name="nick", about="The nick, with or without its @."),)
_OWNER = (Text(name="owner_agent", about="The user's own address: agent://user/…"),)


def register(tx: Tx, asked: Asked) -> Body:
    """Make a user."""
    return users.register(tx, asked.who, asked.body)


def check(tx: Tx, asked: Asked) -> Body:
    """Whether a nick can be had."""
    return users.check(tx, asked.who, asked.query["nick"])


def resolve(tx: Tx, asked: Asked) -> Body:
    """Who is behind a nick."""
    return users.resolve(tx, asked.who, asked.query["nick"])


def rename(tx: Tx, asked: Asked) -> Body:
    """Give a user another nick."""
    return users.rename(tx, asked.who, asked.body)


def profile(tx: Tx, asked: Asked) -> Body:
    """One user."""
    return users.profile(tx, asked.who, asked.owner)


def update(tx: Tx, asked: Asked) -> Body:
    """Change what is known of a user."""
    return users.update(tx, asked.who, asked.body)


OPERATIONS = (
    Operation(
        methods=("POST",),
        path="/v1/users/register-nick",
        name="register_nick",
        about="Make a user with a nick.",
        access=Access.MACHINE,
        action=Writes(register),
        body=schemas.NickRegister,
        may=roles.USER_WRITE,
        answer=schemas.User,
    ),
    Operation(
        methods=("GET",),
        path="/v1/users/check-nick",
        name="check_nick",
        about="Tell whether a nick can be had.",
        access=Access.MACHINE,
        action=Reads(check),
        query=_NICK,
        may=roles.USER_READ,
        answer=schemas.NickCheck,
    ),
    Operation(
        methods=("GET",),
        path="/v1/users/resolve-nick",
        name="resolve_nick",
        about="Tell who is behind a nick in the caller's organization.",
        access=Access.MACHINE,
        action=Reads(resolve),
        query=_NICK,
        may=roles.USER_READ,
        answer=schemas.NickResolution,
    ),
    Operation(
        methods=("POST",),
        path="/v1/users/rename-nick",
        name="rename_nick",
        about="Give a user another nick.",
        access=Access.MACHINE,
        action=Writes(rename),
        body=schemas.NickRename,
        may=roles.USER_WRITE,
        answer=schemas.User,
    ),
    Operation(
        methods=("GET",),
        path="/v1/users/profile",
        name="get_user_profile",
        about="Read one user.",
        access=Access.MACHINE,
        action=Reads(profile),
        query=_OWNER,
        may=roles.USER_READ,
        answer=schemas.User,
    ),
    Operation(
        methods=("POST",),
        path="/v1/users/profile/update",
        name="update_user_profile",
        about="Change what is known of a user.",
        access=Access.MACHINE,
        action=Writes(update),
        body=schemas.ProfileUpdate,
        may=roles.USER_WRITE,
        answer=schemas.User,
    ),
)
