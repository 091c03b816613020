"""Secrets the gateway signs with: one for each purpose, the same on all nodes."""

from __future__ import annotations

import secrets

from sqlalchemy import bindparam, select, text

from axme.gateway.store.tables import signing_secrets
from axme.gateway.store.tx import Tx

_SECRET = select(signing_secrets.c.secret).where(signing_secrets.c.name == bindparam("name"))
#: Two nodes may make it at once; the table keeps one.
_INSERT = text(
    "INSERT INTO signing_secrets (name, secret, created_at) VALUES (:name, :secret, :created_at) ON CONFLICT DO NOTHING"
)
_BYTES = 32


def find(tx: Tx, name: str) -> str | None:
    """The secret, if it was ever used."""
    row = tx.one(_SECRET, {"name": name})
    return None if row is None else row["secret"]


def find_or_make(tx: Tx, name: str) -> str:
    """The secret; the first use makes it."""
    tx.run(_INSERT, {"name": name, "secret": secrets.token_hex(_BYTES), "created_at": tx.now})
    found: str = tx.run(_SECRET, {"name": name})[0]["secret"]
    return found
