"""Sending mails about tasks: what is said, and what becomes of a mail when a try has ended.

A mail is looked at again before it is sent: what was decided, or has a newer mail about it, is not mailed any more.
"""

from __future__ import annotations

import random
from typing import Any

from axme.contract import human_tasks
from axme.contract.clock import to_text
from axme.gateway.actions import links
from axme.gateway.actions.intents.access import find
from axme.gateway.actions.mailing import note_loss
from axme.gateway.auth.identity import Identity
from axme.gateway.lifecycle.links import Link, LinkState
from axme.gateway.lifecycle.mailing import DAY, HOUR, HOURLY, Mail, Occasion, next_try
from axme.gateway.lifecycle.pushing import Outcome, Verdict
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.store.queries import intents, mails
from axme.gateway.store.queries import links as link_queries
from axme.gateway.store.tx import Row, Tx

_LONGEST_RETRY = 5 * DAY


def prepare(tx: Tx, mail_id: str) -> Mail | int | None:
    """What to send for a mail that is due, or when to ask again; ``None`` when it is not needed any more."""
    mail = tx.one(mails.TO_CHANGE, {"mail_id": mail_id})
    if mail is None or mail["status"] != mails.PENDING:
        return None
    intent = intents.load(tx, mail["intent_id"])
    if intent is not None and mail["occasion"] == Occasion.NOTIFIED:
        free_at = _free_at(tx, mail["address"])
        return free_at if free_at > tx.now else _notice(mail, intent)
    if intent is None or not intent.waits_for_human or _asked_again(tx, mail):
        _store(tx, mail | {"status": mails.NOT_NEEDED})
        return None
    if tx.one(mails.NEWER, {name: mail[name] for name in ("intent_id", "address", "seq")}) is not None:
        _store(tx, mail | {"status": mails.REPLACED})
        return None
    if (free_at := _free_at(tx, mail["address"])) > tx.now:
        return free_at
    link = _link(tx, mail, intent)
    if link is None:
        _store(tx, mail | {"status": mails.NOT_NEEDED, "error_detail": "the link of this recipient was revoked"})
        return None
    return _mail(tx, mail, intent, link)


def settle(tx: Tx, mail_id: str, outcome: Outcome) -> int | None:
    """Take down a try; the answer is when the next one is due, in microseconds."""
    mail = tx.run(mails.TO_CHANGE, {"mail_id": mail_id})[0]
    attempt = mail["attempt_count"] + 1
    if outcome.verdict is Verdict.DELIVERED:
        sent = {"status": mails.SENT, "attempt_count": attempt, "error_detail": None, "sent_at": tx.now}
        _store(tx, mail | sent)
        return None
    again = next_try(attempt, outcome, at=tx.now, chance=random.random())
    status = mails.FAILED if again is None else mails.PENDING
    mail |= {"status": status, "attempt_count": attempt, "error_detail": f"try {attempt}: {outcome.detail}"}
    _store(tx, mail)
    if again is None:
        note_loss(tx, mail)
    return again


def list_mails(tx: Tx, who: Identity, intent_id: str) -> dict[str, Any]:
    """The mails about an intent, and what became of them. ``GET /v1/intents/{intent_id}/mails``

    Raises:
        GatewayError: 403, 404.
    """
    links.require_admitted(who, find(tx, who, intent_id))
    return {"ok": True, "mails": [_shown(row) for row in tx.run(mails.OF_INTENT, {"intent_id": intent_id})]}


def _asked_again(tx: Tx, mail: Row) -> bool:
    asked_seq: int = mail["asked_seq"]
    return link_queries.newest_asking(tx, mail["intent_id"]) != asked_seq


def _free_at(tx: Tx, address: str) -> int:
    """When the address may be sent the next one."""
    sought = {"address": address, "written": tx.now - _LONGEST_RETRY, "since": tx.now - HOUR}
    sent: list[int] = [row["sent_at"] for row in tx.run(mails.SENT_SINCE, sought)]
    return sent[-HOURLY] + HOUR if len(sent) >= HOURLY else tx.now


def _link(tx: Tx, mail: Row, intent: IntentRecord) -> Link | None:
    """The link that the recipient has already, else a new one; ``None`` when it was taken away."""
    made = link_queries.of_recipient(tx, mail["intent_id"], mail["asked_seq"], mail["recipient"])
    for link in reversed(made):
        if link.made_by == links.SYSTEM and links.state_of(tx, link, intent) is LinkState.OPEN:
            return link
    if any(link.revoked_at is not None for link in made):
        return None
    return links.mint(tx, intent, mail["recipient"])


def _mail(tx: Tx, mail: Row, intent: IntentRecord, link: Link) -> Mail:
    task = intent.human_task or {}
    return Mail(
        mail_id=mail["mail_id"],
        conversation=f"{mail['intent_id']}.{mail['asked_seq']}",
        occasion=Occasion(mail["occasion"]),
        address=mail["address"],
        title=task["title"],
        description=task.get("description") or None,
        asker=intent.from_agent,
        intent_type=intent.intent_type,
        outcomes=human_tasks.offered_outcomes(task),
        note=mail["note"],
        due_at=intent.deadline_at,
        path=links.path(tx, link),
        created_at=mail["created_at"],
    )


def _notice(mail: Row, intent: IntentRecord) -> Mail:
    return Mail(
        mail_id=mail["mail_id"],
        conversation=mail["intent_id"],
        occasion=Occasion.NOTIFIED,
        address=mail["address"],
        title=mail["note"],
        description=None,
        asker=intent.from_agent,
        intent_type=intent.intent_type,
        outcomes=(),
        note=None,
        due_at=None,
        path=None,
        created_at=mail["created_at"],
    )


def _store(tx: Tx, mail: Row) -> None:
    changed = {f"new_{name}": mail[name] for name in ("status", "attempt_count", "error_detail", "sent_at")}
    tx.run(mails.UPDATE, {"id": mail["mail_id"], "new_updated_at": tx.now} | changed)


def _shown(mail: Row) -> dict[str, Any]:
    told = ("mail_id", "intent_id", "occasion", "recipient", "address", "status", "attempt_count", "error_detail")
    return {name: mail[name] for name in told} | {
        "created_at": to_text(mail["created_at"]),
        "updated_at": to_text(mail["updated_at"]),
        "sent_at": to_text(mail["sent_at"]) if mail["sent_at"] else None,
    }
