"""Secrets the gateway signs with: one for each purpose, the same on all nodes.

Each is made of a row and of the gateway's own secret, which stands in no database: who has a copy of the database alone
forges neither links nor tokens.
"""

from __future__ import annotations

import hashlib
import hmac
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
    return None if row is None else _whole(tx, row["secret"])


def find_or_make(tx: Tx, name: str) -> str:
    """The secret; the first use makes it."""
    tx.run(_INSERT, {"name": name, "secret": secrets.token_hex(_BYTES), "created_at": tx.now})
    return _whole(tx, tx.run(_SECRET, {"name": name})[0]["secret"])


def _whole(tx: Tx, stored: str) -> str:
    return hmac.new(tx.own_secret, stored.encode(), hashlib.sha256).hexdigest() if tx.own_secret else stored
