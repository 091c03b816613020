"""Actor tokens: what a member proves to be one with, instead of a key or beside it (contract 1.2)."""

from __future__ import annotations

import re
import uuid
from typing import Any

import jwt

from axme.contract import addresses
from axme.contract.codes import INVALID_ACTOR_SCOPE, INVALID_ACTOR_TOKEN, TOKEN_EXPIRED
from axme.gateway.auth.identity import Grant, Identity
from axme.gateway.errors import GatewayError
from axme.gateway.store import topics
from axme.gateway.store.queries import members, secrets
from axme.gateway.store.tx import Row, Tx

ISSUER = "axme"
AUDIENCE = "axme.api"
SCOPE = "axme.api"
SKEW_SECONDS = 60
_MICROS = 1_000_000
_ALGORITHM = "HS256"
_SECRET = "actor_tokens"
_REQUIRED = ["sub", "iss", "aud", "exp", "iat", "jti", "sid", "org_id", "workspace_id", "scope"]
_FORM = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_LONGEST = 4096


def looks_like_one(text: str) -> bool:
    """Whether this is a token, valid or not, rather than a key."""
    return _FORM.fullmatch(text) is not None


def issue(tx: Tx, member: Row, *, workspace_id: str, seconds: int) -> str:
    """A token for ``member`` in one workspace, valid for ``seconds``."""
    now = tx.now // _MICROS
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": member["actor_id"],
        "actor_id": member["actor_id"],
        "iat": now,
        "exp": now + seconds,
        "jti": str(uuid.uuid4()),
        "sid": member["member_id"],
        "org_id": member["org_id"],
        "workspace_id": workspace_id,
        # For the reader; what counts is the role at the time of a request.
        "roles": [member["role"]],
        "scope": SCOPE,
    }
    return jwt.encode(claims, secrets.find_or_make(tx, _SECRET), algorithm=_ALGORITHM)


def authenticate(tx: Tx, token: str, key: Identity | None) -> Identity:
    """The member a token was made for, with the role it has now.

    Args:
        key: whose key came with the token; its account then acts, with the member's role.

    Raises:
        GatewayError: 401 ``invalid_actor_token`` or ``token_expired``; 403 ``invalid_actor_scope``.
    """
    claims = _claims(tx, token)
    sought = {"member_id": claims["sid"], "workspace_id": claims["workspace_id"]}
    member = tx.one(members.MEMBER_OF_TOKEN, sought)
    if member is None or (member["actor_id"], member["org_id"]) != (claims["sub"], claims["org_id"]):
        raise _invalid("its member was suspended or removed, or its workspace closed")
    if member["member_workspace_id"] not in (members.EVERYWHERE, member["workspace_id"]):
        raise _invalid("its member has moved to another workspace")
    if key is not None and (key.org_id, key.workspace_id) != (member["org_id"], member["workspace_id"]):
        raise GatewayError(
            INVALID_ACTOR_SCOPE, "the actor token and the API key belong to different workspaces: send one of the two"
        )
    session = topics.member_name(member["member_id"])
    return Identity(
        key_id=key.key_id if key else session,
        session=session,
        service_account_id=key.service_account_id if key else session,
        address=key.address if key else address_of(member),
        org_id=member["org_id"],
        org_slug=member["org_slug"],
        workspace_id=member["workspace_id"],
        workspace_slug=member["workspace_slug"],
        actor_id=member["actor_id"],
        grants=_grants(tx, member),
    )


def _grants(tx: Tx, member: Row) -> tuple[Grant, ...]:
    """All the member may do in the organization of the token, and nothing in another."""
    rows = tx.run(members.OF_ACTOR_IN, {"org_id": member["org_id"], "actor_id": member["actor_id"]})
    return tuple(
        Grant(row["org_id"], row["workspace_id"] or None, row["role"])
        for row in rows
        if row["status"] == members.ACTIVE
    )


def _claims(tx: Tx, token: str) -> dict[str, Any]:
    secret = secrets.find(tx, _SECRET) if len(token) <= _LONGEST else None
    if secret is None:
        raise _invalid("this gateway has made none")
    try:
        # Times are checked below, by the clock that all of the gateway goes by.
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except jwt.InvalidTokenError:
        raise _invalid("it is not signed by this gateway, or lacks claims") from None
    _check_times(claims, tx.now // _MICROS)
    if any(not isinstance(claims[name], str) for name in ("sub", "sid", "org_id", "workspace_id", "scope")):
        raise _invalid("its claims are not text")
    if SCOPE not in claims["scope"].split():
        raise GatewayError(INVALID_ACTOR_SCOPE, f"the actor token lacks the scope {SCOPE}")
    return claims


def _check_times(claims: dict[str, Any], now: int) -> None:
    exp, iat, nbf = claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])
    if any(isinstance(moment, bool) or not isinstance(moment, (int, float)) for moment in (exp, iat, nbf)):
        raise _invalid("its times are not numbers")
    if now >= exp + SKEW_SECONDS:
        raise GatewayError(TOKEN_EXPIRED, "the actor token has expired: ask for a new one")
    if max(iat, nbf) > now + SKEW_SECONDS:
        raise _invalid("it is not valid yet")


def _invalid(why: str) -> GatewayError:
    message = f"the actor token is not valid: {why}"
    return GatewayError(INVALID_ACTOR_TOKEN, message, details={"header": "Authorization"})


def address_of(member: Row) -> str:
    """The address of a person; only ids that are their own canonical spelling get one made of them."""
    plain: str = member["actor_id"]
    try:
        if "://" not in plain and addresses.canonical(plain) == plain:
            return f"user://{plain}"
    except addresses.AddressError:
        pass
    return f"user://member/{member['member_id']}"
