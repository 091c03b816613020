"""Signing in to the console and out of it. A session stands for one key, and can do what that key can."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Final, NamedTuple

from axme.gateway.actions import audit
from axme.gateway.auth import keys
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.store.queries import console
from axme.gateway.store.tx import Row, Tx

#: A session ends so long after it was last used, and so long after it began.
IDLE_SECONDS: Final = 60 * 60
LONGEST_SECONDS: Final = 12 * 60 * 60
#: A link that signs in is good for so long.
TICKET_SECONDS: Final = 10 * 60
#: How exactly it is known when a session was last used.
_NOTED_EVERY_SECONDS = 60
_SECRET_BYTES = 32


class Session(NamedTuple):
    """Somebody who has signed in."""

    who: Identity
    ends_at: int
    #: Whether it is time to note that it is used.
    stale: bool


def sign_in(tx: Tx, api_key: str, *, request_id: str) -> str | None:
    """Begin a session of an API key.

    Returns:
        What the cookie is to hold; ``None`` when the key is unknown, expired or revoked.
    """
    who = keys.authenticate(tx, api_key)
    return None if who is None else _begin(tx, who, "api_key", request_id)


def redeem(tx: Tx, ticket: str, *, request_id: str) -> str | None:
    """Begin a session by a link, which is then used up; ``None`` when it is, or is too old."""
    row = tx.one(console.TICKET, {"ticket_hash": keys.digest(ticket)})
    taken = tx.one(console.TAKE_TICKET, {"ticket_hash": keys.digest(ticket)}) if row and _is_fresh(tx, row) else None
    who = keys.of_key(tx, taken["key_id"]) if taken else None
    return None if who is None else _begin(tx, who, "link", request_id)


def is_open(tx: Tx, ticket: str) -> bool:
    """Whether a link can still sign in. Looking at it does not use it up: mail scanners and chats open links."""
    row = tx.one(console.TICKET, {"ticket_hash": keys.digest(ticket)})
    return row is not None and _is_fresh(tx, row)


def make_ticket(tx: Tx, api_key: str) -> str | None:
    """A link's secret that signs in once as the owner of ``api_key``; ``None`` when that is no living key."""
    tx.run(console.DROP_OLD_TICKETS, {"oldest": tx.now - TICKET_SECONDS * SECOND})
    who = keys.authenticate(tx, api_key)
    if who is None:
        return None
    ticket = secrets.token_urlsafe(_SECRET_BYTES)
    tx.run(console.INSERT_TICKET, {"ticket_hash": keys.digest(ticket), "key_id": who.key_id, "created_at": tx.now})
    return ticket


def find(tx: Tx, cookie: str) -> Session | None:
    """The session of a cookie, as long as it lasts and its key lives."""
    row = tx.one(console.SESSION, {"session_hash": keys.digest(cookie)})
    if row is None:
        return None
    ends_at: int = min(row["created_at"] + LONGEST_SECONDS * SECOND, row["seen_at"] + IDLE_SECONDS * SECOND)
    who = keys.of_key(tx, row["key_id"]) if tx.now < ends_at else None
    if who is None:
        return None
    return Session(who, ends_at, tx.now - row["seen_at"] >= _NOTED_EVERY_SECONDS * SECOND)


def note_use(tx: Tx, cookie: str) -> None:
    """Have a session last on, because it is used."""
    tx.run(console.SEEN, {"hash": keys.digest(cookie), "now": tx.now})


def sign_out(tx: Tx, who: Identity, cookie: str) -> None:
    """End a session."""
    tx.run(console.END_SESSION, {"session_hash": keys.digest(cookie)})
    audit.record(tx, who, "console.sign_out", who.key_id)


def _is_fresh(tx: Tx, ticket: Row) -> bool:
    created_at: int = ticket["created_at"]
    return tx.now < created_at + TICKET_SECONDS * SECOND


def _begin(tx: Tx, who: Identity, by: str, request_id: str) -> str:
    oldest = {"oldest": tx.now - LONGEST_SECONDS * SECOND, "quietest": tx.now - IDLE_SECONDS * SECOND}
    tx.run(console.DROP_OLD_SESSIONS, oldest)
    cookie = secrets.token_urlsafe(_SECRET_BYTES)
    session = {"session_hash": keys.digest(cookie), "key_id": who.key_id, "created_at": tx.now, "seen_at": tx.now}
    tx.run(console.INSERT_SESSION, session)
    audit.record(tx, replace(who, request_id=request_id), "console.sign_in", who.key_id, details={"by": by})
    return cookie
