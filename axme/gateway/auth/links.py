"""Tokens of links to tasks: the id of a link, signed. The gateway stores the id and never a token."""

from __future__ import annotations

import hashlib

from itsdangerous import BadSignature, Signer

from axme.gateway.store.queries import secrets
from axme.gateway.store.tx import Tx

_SECRET = "task_links"
_LONGEST = 200


def sign(tx: Tx, link_id: str) -> str:
    """The token of a link; the same every time."""
    return _signer(secrets.find_or_make(tx, _SECRET)).sign(link_id).decode("ascii")


def read(tx: Tx, token: str) -> str | None:
    """The id of the link that a token was made for; ``None`` when this gateway did not make it."""
    secret = secrets.find(tx, _SECRET) if len(token) <= _LONGEST and token.isascii() else None
    if secret is None:
        return None
    try:
        return _signer(secret).unsign(token).decode("ascii")
    except BadSignature:
        return None


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="axme task link", key_derivation="hmac", digest_method=hashlib.sha256)
