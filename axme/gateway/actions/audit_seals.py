"""Sealing the audit trail, and finding out whether it was tampered with.

A seal is the digest of some hundred rows and of the seal before it: a row that is changed, taken out or put in later
contradicts its seal, and a seal that is changed contradicts the next one. It is signed with the gateway's own secret.
Sealing is done beside the writing, never in it: rows cost nothing more, and writers do not wait for each other.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

from axme.gateway.lifecycle.timers import SECOND
from axme.gateway.store.queries import audit_seals, secrets
from axme.gateway.store.tx import Row, Tx

#: One seal covers that many rows at most.
MOST_ROWS = 2000
#: How old a row must be where many write at once: until then a transaction may be open that has a smaller number.
SETTLED_SECONDS = 180
_SECRET = "audit_seals"
_SEALS_AT_ONCE = 100
#: What of a row is sealed: never another order, and nothing taken out.
_SEALED = itemgetter(
    "audit_id", "at", "org_id", "workspace_id", "actor", "key_id", "request_id", "action", "target", "outcome",
    "details",
)  # fmt: skip
#: Nothing stands before the first row, whatever its number.
_BEGINNING: Row = {"seal_id": 0, "last_audit_id": -(2**62), "digest": ""}


class Verdict(NamedTuple):
    """What was found in the trail."""

    seals: int
    sealed_rows: int
    #: Rows that are too young to be sealed, or came while nobody sealed.
    open_rows: int
    #: The digest of the last seal: who keeps it elsewhere can show later that nothing before it was rewritten.
    head: str
    #: What does not fit, in words; none is as it should be.
    faults: list[str]


def begin(tx: Tx) -> None:
    """Make what seals are signed with, unless there is one."""
    secrets.find_or_make(tx, _SECRET)


def prepare(tx: Tx) -> Row | None:
    """The next seal, made by reading alone; ``None`` when there is nothing to seal."""
    last = tx.one(audit_seals.LAST) or _BEGINNING
    rows = tx.run(audit_seals.ROWS_AFTER, {"after": last["last_audit_id"], "most": MOST_ROWS})
    rows = rows if tx.has_one_writer else _settled(rows, tx.now - SETTLED_SECONDS * SECOND)
    if not rows:
        return None
    seal = {
        "seal_id": last["seal_id"] + 1,
        "sealed_at": tx.now,
        "last_audit_id": rows[-1]["audit_id"],
        "row_count": len(rows),
    }
    return seal | {"digest": _digest(last["digest"], seal, rows)}


def put(tx: Tx, seal: Row) -> bool:
    """Write a seal down; ``False`` when another node was faster."""
    signature = _sign(secrets.find_or_make(tx, _SECRET), seal["digest"])
    return tx.one(audit_seals.INSERT, seal | {"signature": signature}) is not None


def verify(tx: Tx, known_head: str | None = None) -> Verdict:
    """Go through the whole trail and compare it with its seals.

    Args:
        known_head: the digest of a seal that was noted earlier; it must still be among them.
    """
    secret = secrets.find(tx, _SECRET)
    before, rows = _BEGINNING, 0
    heads: set[str] = set()
    faults: list[str] = []
    foreign: list[int] = []
    while seals := tx.run(audit_seals.AFTER, {"seal_id": before["seal_id"], "most": _SEALS_AT_ONCE}):
        for seal in seals:
            found = tx.run(audit_seals.ROWS_BETWEEN, {"after": before["last_audit_id"], "last": seal["last_audit_id"]})
            faults += _faults(before, seal, found)
            if secret is None or not hmac.compare_digest(_sign(secret, seal["digest"]), seal["signature"]):
                foreign.append(seal["seal_id"])
            rows += len(found)
            heads.add(seal["digest"])
            before = seal
    if foreign:
        which = f"{len(foreign)} seals, from {foreign[0]} to {foreign[-1]},"
        faults.append(f"{which} are not signed with this gateway's secret")
    if known_head and known_head not in heads:
        faults.append(f"no seal has the digest {known_head}: the trail was rewritten, or cut off before it")
    waiting = tx.run(audit_seals.COUNT_AFTER, {"after": before["last_audit_id"]})[0]["rows"]
    return Verdict(before["seal_id"], rows, waiting, before["digest"], faults)


def _settled(rows: list[Row], until: int) -> list[Row]:
    """The rows up to the first that is too young."""
    young = next((place for place, row in enumerate(rows) if row["at"] > until), len(rows))
    return rows[:young]


def _faults(before: Row, seal: Row, found: list[Row]) -> Iterable[str]:
    number, first = seal["seal_id"], before["last_audit_id"] + 1 if before["seal_id"] else "the first"
    covered = f"from {first} to {seal['last_audit_id']}"
    if number != before["seal_id"] + 1:
        yield f"seals are missing between {before['seal_id']} and {number}"
    elif len(found) != seal["row_count"]:
        yield f"seal {number} covers {seal['row_count']} rows, and there are {len(found)} {covered}"
    elif _digest(before["digest"], seal, found) != seal["digest"]:
        yield f"what seal {number} covers was changed: a row {covered}, or the seal itself"


def _digest(before: str, seal: Row, rows: list[Row]) -> str:
    head = [before, *(seal[name] for name in ("seal_id", "sealed_at", "last_audit_id", "row_count"))]
    lines = [json.dumps(head), *(json.dumps(_SEALED(row)) for row in rows)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _sign(secret: str, digest: str) -> str:
    return hmac.new(secret.encode(), digest.encode(), hashlib.sha256).hexdigest()
