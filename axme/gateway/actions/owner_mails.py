"""Telling people that something of theirs could not be delivered: planned in the transaction that gives it up."""

from __future__ import annotations

import logging
import random
from typing import NamedTuple

from axme.contract.member_roles import ORG_ADMIN, ORG_OWNER, WORKSPACE_ADMIN
from axme.gateway.actions.mailing import address_of
from axme.gateway.lifecycle.mailing import DAILY_GIVEN_UP, DAY, Mail, Occasion, next_try
from axme.gateway.lifecycle.pushing import Outcome, Verdict
from axme.gateway.store.ids import new_uuid
from axme.gateway.store.queries import mails, outside, owner_mails
from axme.gateway.store.tx import Row, Tx

_log = logging.getLogger("axme.gateway")
_ADMINS = (WORKSPACE_ADMIN, ORG_ADMIN, ORG_OWNER)


class Loss(NamedTuple):
    """What was given up."""

    #: What could not be delivered to: there is one mail a day about it.
    about: str
    owner: str
    title: str
    note: str
    #: Of the page of the console that tells more.
    path: str


def plan(tx: Tx, place: Row, loss: Loss) -> None:
    """Have a loss told to whose it is; where that is no person with an address, to the administrators.

    Args:
        tx: the transaction.
        place: a row with the ``org_id`` and ``workspace_id`` it belongs to.
        loss: what was given up.
    """
    _log.warning("%s (%s): %s", loss.title, loss.owner, loss.note)
    for address in _readers(tx, place, loss.owner):
        written = tx.run(owner_mails.WRITTEN_SINCE, {"address": address, "since": tx.now - DAY})
        if any(row["about"] == loss.about for row in written) or _count(written) >= DAILY_GIVEN_UP:
            continue
        row: Row = loss._asdict() | {
            "mail_id": new_uuid(tx.now),
            "org_id": place["org_id"],
            "workspace_id": place["workspace_id"],
            "address": address,
            "status": mails.PENDING,
            "attempt_count": 0,
            "error_detail": None,
            "created_at": tx.now,
            "updated_at": tx.now,
        }
        tx.run(owner_mails.INSERT, row)
        outside.add(tx, owner_mails.KIND, row["mail_id"], tx.now, mails.TARGET)


def prepare(tx: Tx, mail_id: str) -> Mail | None:
    """What to send for a mail that is due."""
    mail = tx.one(owner_mails.TO_CHANGE, {"mail_id": mail_id})
    if mail is None or mail["status"] != mails.PENDING:
        return None
    return Mail(
        mail_id=mail_id,
        conversation=mail["about"].replace(":", "."),
        occasion=Occasion.GIVEN_UP,
        address=mail["address"],
        title=mail["title"],
        description=mail["note"],
        asker=mail["owner"],
        intent_type="",
        outcomes=(),
        note=None,
        due_at=None,
        path=mail["path"],
        created_at=mail["created_at"],
    )


def settle(tx: Tx, mail_id: str, outcome: Outcome) -> int | None:
    """Take down a try; the answer is when the next one is due, in microseconds."""
    mail = tx.run(owner_mails.TO_CHANGE, {"mail_id": mail_id})[0]
    attempt, sent = mail["attempt_count"] + 1, outcome.verdict is Verdict.DELIVERED
    again = next_try(attempt, outcome, at=tx.now, chance=random.random())
    status = mails.SENT if sent else mails.FAILED if again is None else mails.PENDING
    detail = None if sent else f"try {attempt}: {outcome.detail}"
    changed = {"new_status": status, "new_attempt_count": attempt, "new_error_detail": detail, "new_updated_at": tx.now}
    tx.run(owner_mails.UPDATE, {"id": mail_id} | changed)
    return again


def _readers(tx: Tx, place: Row, owner: str) -> list[str]:
    """The addresses of those who are to know."""
    org_id: str = place["org_id"]
    own = address_of(tx, org_id, owner)
    if own is not None:
        return [own]
    rows = [
        row
        for role in _ADMINS
        for row in tx.run(mails.WITH_ROLE, {"org_id": org_id, "workspace_id": place["workspace_id"], "role": role})
    ]
    found = (address_of(tx, org_id, row["actor_id"]) for row in rows)
    return list(dict.fromkeys(address for address in found if address is not None))


def _count(written: list[Row]) -> int:
    return sum(row["count"] for row in written)
