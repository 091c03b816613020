"""Machine keys: made once, shown once, kept only as a hash (contract 1.2 and 3.25)."""

from __future__ import annotations

import hashlib
import secrets
from typing import NamedTuple

from axme.gateway.auth.identity import Grant, Identity
from axme.gateway.policy import roles
from axme.gateway.store.queries import accounts, members
from axme.gateway.store.tx import Row, Tx

_PREFIX = "axme_sa_"
_SECRET_BYTES = 32
_LONGEST = 512


class MintedKey(NamedTuple):
    """A new key. ``token`` is for its owner alone; the gateway keeps ``hash`` and ``hint``."""

    token: str
    hash: str
    hint: str


def mint(service_account_id: str) -> MintedKey:
    """A new key of 256 random bits for ``service_account_id``."""
    token = f"{_PREFIX}{service_account_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return MintedKey(token, digest(token), f"…{token[-4:]}")


def digest(token: str) -> str:
    """What is stored of ``token``: at 256 random bits a plain hash cannot be guessed backwards."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def authenticate(tx: Tx, token: str) -> Identity | None:
    """The identity behind ``token``, or ``None`` when it is unknown, expired or revoked.

    The look-up goes by the hash, so how long it takes tells nothing about a secret.
    """
    if len(token) > _LONGEST or "\x00" in token:
        return None
    return _identity(tx, tx.one(accounts.IDENTITY_OF_TOKEN, {"token_hash": digest(token), "now": tx.now}))


def holder_of(tx: Tx, token: str) -> Row | None:
    """Whose key ``token`` is, or was before it expired or was revoked."""
    return tx.one(accounts.HOLDER_OF_TOKEN, {"token_hash": digest(token)})


def of_key(tx: Tx, key_id: str) -> Identity | None:
    """The identity behind a key that was shown before, or ``None`` when it has expired or was revoked since."""
    return _identity(tx, tx.one(accounts.IDENTITY_OF_KEY, {"key_id": key_id, "now": tx.now}))


def _identity(tx: Tx, row: Row | None) -> Identity | None:
    return None if row is None else Identity(**row, grants=_grants(tx, row))


def _grants(tx: Tx, row: Row) -> tuple[Grant, ...] | None:
    """What memberships of the account give; without any at home, it administers its own workspace."""
    rows = tx.run(members.OF_ACTOR, {"actor_id": row["service_account_id"]})
    if not rows:
        return None
    given = [
        Grant(member["org_id"], member["workspace_id"] or None, member["role"])
        for member in rows
        if member["status"] == members.ACTIVE
    ]
    if not any(member["org_id"] == row["org_id"] for member in rows):
        given += [Grant(row["org_id"], row["workspace_id"], role) for role in roles.OF_A_KEY]
    return tuple(given)
