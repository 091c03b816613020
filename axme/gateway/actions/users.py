"""Users and their nicks (contract 3.15).

A nick is somebody's in all of the gateway, because public addresses are made of nicks: that one is taken is no secret.
Everything else about a user stays in its organization.
"""

from __future__ import annotations

import uuid
from typing import Any

from axme.contract import addresses
from axme.contract.clock import to_text
from axme.contract.codes import FORBIDDEN, INVALID_AGENT_ADDRESS, NICK_TAKEN, NOT_FOUND, VALIDATION_ERROR
from axme.contract.schemas.users import NickError, normalized, public_address, shown
from axme.gateway.actions import audit
from axme.gateway.actions.homes import require_home
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy import roles
from axme.gateway.store.queries import users
from axme.gateway.store.tx import Row, Tx

_TOLD = ("display_name", "phone", "email")


def register(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Make a user in the caller's workspace. ``POST /v1/users/register-nick``

    Raises:
        GatewayError: 409 ``nick_taken``.
    """
    row = add(tx, who, body, org_id=who.org_id, workspace_id=who.workspace_id)
    return {"ok": True} | _named(row) | _contact(row) | {"created_at": to_text(row["created_at"])}


def add(tx: Tx, who: Identity, told: dict[str, Any], *, org_id: str, workspace_id: str) -> Row:
    """A new user with the nick and whatever else is ``told``.

    Raises:
        GatewayError: 409 ``nick_taken``.
    """
    user_id = str(uuid.uuid4())
    row: Row = {
        "user_id": user_id,
        "org_id": org_id,
        "workspace_id": workspace_id,
        "owner_agent": f"agent://user/{user_id}",
        "nick": told["nick"],
        **{name: told.get(name) for name in _TOLD},
        "created_at": tx.now,
        "updated_at": tx.now,
    }
    if tx.one(users.INSERT_IF_FREE, row) is None:
        raise _taken(told["nick"])
    audit.record(tx, who, "user.register", user_id, details={"nick": told["nick"]})
    return row


def check(tx: Tx, who: Identity, text: str | None) -> dict[str, Any]:
    """Whether a nick can be had. ``GET /v1/users/check-nick``

    Raises:
        GatewayError: 422, it cannot be a nick.
    """
    nick = _nick(text)
    return {"ok": True} | _spellings(nick) | {"available": tx.one(users.BY_NICK, {"nick": nick}) is None}


def resolve(tx: Tx, who: Identity, text: str | None) -> dict[str, Any]:
    """Who is behind a nick in the caller's organization. ``GET /v1/users/resolve-nick``

    Raises:
        GatewayError: 422, it cannot be a nick.
    """
    nick = _nick(text)
    row = tx.one(users.BY_NICK, {"nick": nick})
    if row is not None and row["org_id"] != who.org_id:
        row = None
    found = (
        {"owner_agent": None, **dict.fromkeys(_TOLD)}
        if row is None
        else _contact(row) | {"owner_agent": row["owner_agent"]}
    )
    return {"ok": True, "resolved": row is not None} | _spellings(nick) | found


def rename(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Give a user another nick. ``POST /v1/users/rename-nick``

    Raises:
        GatewayError: 403; 404; 409 ``nick_taken``.
    """
    row = _change(tx, who, body, "user.rename")
    return {"ok": True} | _named(row) | _contact(row) | {"renamed_at": to_text(row["updated_at"])}


def profile(tx: Tx, who: Identity, owner: str | None) -> dict[str, Any]:
    """One user. ``GET /v1/users/profile``

    Raises:
        GatewayError: 404; 422, ``owner_agent`` is missing.
    """
    if not owner:
        raise GatewayError(VALIDATION_ERROR, "owner_agent: is required: the address of a user, agent://user/…")
    row = tx.one(users.BY_OWNER, {"owner_agent": owner, "org_id": who.org_id})
    if row is None:
        raise _unknown(owner)
    return _profile(row)


def update(tx: Tx, who: Identity, body: dict[str, Any]) -> dict[str, Any]:
    """Change what is known of a user. ``POST /v1/users/profile/update``

    Raises:
        GatewayError: 403; 404; 409 ``nick_taken``.
    """
    return _profile(_change(tx, who, body, "user.update"))


def _change(tx: Tx, who: Identity, body: dict[str, Any], action: str) -> Row:
    owner = _canonical(who, body["owner_agent"])
    row = tx.one(users.BY_OWNER_FOR_UPDATE, {"owner_agent": owner, "org_id": who.org_id})
    if row is None:
        raise _unknown(owner)
    require_home(who, row, owner)
    _require_own(tx, who, row)
    nick: str = body.get("nick") or row["nick"]
    if nick != row["nick"] and not users.take_nick(tx, row["user_id"], nick):
        raise _taken(nick)
    row |= {name: body.get(name, row[name]) for name in _TOLD} | {"nick": nick, "updated_at": tx.now}
    tx.run(users.UPDATE, {"id": row["user_id"], **{f"new_{name}": row[name] for name in (*_TOLD, "updated_at")}})
    changed = sorted(name for name in ("nick", *_TOLD) if name in body)
    audit.record(tx, who, action, row["user_id"], details={"changed": changed})
    return row


def _require_own(tx: Tx, who: Identity, row: Row) -> None:
    """Mails about tasks follow a profile, and who gets them decides: only administrators change somebody else's."""
    if who.roles_in(row["org_id"], row["workspace_id"]) & roles.USER_ADMIN:
        return
    own = tx.run(users.OF_ACTOR, {"org_id": who.org_id, "actor_id": who.actor})
    if row["user_id"] not in {user["user_id"] for user in own}:
        raise GatewayError(
            FORBIDDEN, f"{row['owner_agent']} is somebody else: a member changes its own profile, administrators any"
        )


def _canonical(who: Identity, text: str) -> str:
    try:
        return who.canonical(text)
    except addresses.AddressError as error:
        raise GatewayError(INVALID_AGENT_ADDRESS, f"owner_agent: {error}", details={"field": "owner_agent"}) from None


def _nick(text: str | None) -> str:
    try:
        return normalized(text or "")
    except NickError as error:
        raise GatewayError(VALIDATION_ERROR, f"nick: {error}", details={"field": "nick"}) from None


def _taken(nick: str) -> GatewayError:
    return GatewayError(NICK_TAKEN, f"{shown(nick)} is taken: choose another nick", details={"nick": shown(nick)})


def _unknown(owner: str) -> GatewayError:
    return GatewayError(NOT_FOUND, f"there is no user {owner[:120]}: check the address, and whose key this is")


def _spellings(nick: str) -> dict[str, Any]:
    return {"nick": shown(nick), "normalized_nick": nick, "public_address": public_address(nick)}


def _named(row: Row) -> dict[str, Any]:
    return {
        "user_id": row["user_id"],
        "owner_agent": row["owner_agent"],
        "nick": shown(row["nick"]),
        "public_address": public_address(row["nick"]),
    }


def _contact(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in _TOLD}


def _profile(row: Row) -> dict[str, Any]:
    found = _named(row) | {"normalized_nick": row["nick"]} | _contact(row)
    return {"ok": True} | found | {"updated_at": to_text(row["updated_at"])}
