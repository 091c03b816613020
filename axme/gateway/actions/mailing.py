"""Who is written to when a task is assigned, reminded of or escalated: planned in the transaction of the cause."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from axme.contract.member_roles import ROLES
from axme.contract.schemas.users import NickError, normalized
from axme.gateway.actions import audit
from axme.gateway.actions.people import ROLE
from axme.gateway.lifecycle.mailing import DAILY, DAY, OCCASIONS, Occasion, is_address, recipients
from axme.gateway.lifecycle.record import IntentRecord
from axme.gateway.store.ids import new_uuid
from axme.gateway.store.queries import intents, links, mails, outside
from axme.gateway.store.tx import Row, Tx

_log = logging.getLogger("axme.gateway")


def plan(tx: Tx, intent: IntentRecord) -> None:
    """Plan the mails that the new events of an intent cause."""
    if intent.human_task is None or not intent.waits_for_human:
        return
    for event in intent.new_events:
        if (occasion := OCCASIONS.get(event.event_type)) is not None:
            asked_seq = links.newest_asking(tx, intent.intent_id)
            for recipient, address in _addresses(tx, intent, recipients(intent, occasion)):
                row: Row = {
                    "mail_id": new_uuid(tx.now),
                    "intent_id": intent.intent_id,
                    "asked_seq": asked_seq,
                    "seq": event.seq,
                    "occasion": occasion.value,
                    "recipient": recipient,
                    "address": address,
                    "note": event.details.get("note") or None,
                }
                _add(tx, row)


def notify(tx: Tx, intent: IntentRecord, name: str, message: str) -> None:
    """Plan a mail that asks nothing, to whoever ``name`` leads to; to nobody where that is no one who can be mailed."""
    for recipient, address in _addresses(tx, intent, [name]):
        row: Row = {
            "mail_id": new_uuid(tx.now),
            "intent_id": intent.intent_id,
            "asked_seq": 0,
            "seq": intent.seq,
            "occasion": Occasion.NOTIFIED.value,
            "recipient": recipient,
            "address": address,
            "note": message,
        }
        _add(tx, row)


def note_loss(tx: Tx, mail: Row) -> None:
    """Have it seen by who looks after the workspace: somebody was not written to."""
    intent = intents.load(tx, mail["intent_id"])
    if intent is None:
        return
    told = {name: mail[name] for name in ("mail_id", "address", "occasion", "status", "error_detail")}
    _log.warning("a mail to %s about intent %s is lost: %s", told["address"], intent.intent_id, told["error_detail"])
    audit.record_own(tx, intent.org_id, intent.workspace_id, "mail.lost", intent.intent_id, details=told)


def _add(tx: Tx, row: Row) -> None:
    written = tx.run(mails.WRITTEN_SINCE, {"address": row["address"], "since": tx.now - DAY})[0]["count"]
    capped = written >= DAILY
    row |= {
        "status": mails.CAPPED if capped else mails.PENDING,
        "attempt_count": 0,
        "error_detail": f"{DAILY} mails were written to this address within a day" if capped else None,
        "created_at": tx.now,
        "updated_at": tx.now,
        "sent_at": None,
    }
    tx.run(mails.INSERT, row)
    if capped:
        note_loss(tx, row)
    else:
        outside.add(tx, mails.KIND, row["mail_id"], tx.now, mails.TARGET)


def _addresses(tx: Tx, intent: IntentRecord, names: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Those of ``names`` that can be written to, each address once."""
    found: dict[str, tuple[str, str]] = {}
    for name in _people(tx, intent, names):
        address = address_of(tx, intent.to_org_id, name)
        if address is not None and (not intent.crosses or _belongs(tx, intent, address)):
            found.setdefault(address.lower(), (name, address))
    return found.values()


def _people(tx: Tx, intent: IntentRecord, names: Iterable[str]) -> Iterable[str]:
    """``names``, with those who have a role in place of the role."""
    for name in names:
        role = name.removeprefix(ROLE)
        if role not in ROLES:
            yield name
            continue
        place = {"org_id": intent.to_org_id, "workspace_id": intent.workspace_id, "role": role}
        yield from (row["actor_id"] for row in tx.run(mails.WITH_ROLE, place))


def address_of(tx: Tx, org_id: str, name: str) -> str | None:
    """The mail address that a name of an organization leads to: it is one, or the profile of its user tells one."""
    if is_address(name):
        return name
    try:
        nick = normalized(name.removeprefix("user://"))
    except NickError:
        nick = name
    row = tx.one(mails.ADDRESS_OF, {"org_id": org_id, "name": name, "nick": nick})
    return row["email"] if row is not None and is_address(row["email"]) else None


def _belongs(tx: Tx, intent: IntentRecord, address: str) -> bool:
    """Whether an address is somebody's of the organization that decides: no sender names itself as the judge there."""
    sought = {"org_id": intent.to_org_id, "address": address}
    return tx.one(mails.USER_AT, sought) is not None or tx.one(mails.MEMBER_AT, sought) is not None
