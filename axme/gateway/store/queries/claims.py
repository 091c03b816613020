"""Claims of workers, and the intents that are up for them."""

from __future__ import annotations

import re
import uuid

from sqlalchemy import BigInteger, and_, bindparam, delete, func, insert, select, text, update

from axme.gateway.store.tables import claims, intents, service_accounts
from axme.gateway.store.tx import Row, Tx

#: The jobs about claims: a lease may have run out, a pause between attempts is over, a child or its parent has ended.
LEASE, REDELIVERY, CHILD, ORPHAN = "claim_lease", "redelivery", "child_ended", "parent_ended"
_c, _i, _a = claims.c, intents.c, service_accounts.c
_CLAIM_ID = re.compile("clm_" + "".join(f"([0-9a-f]{{{digits}}})" for digits in (8, 4, 4, 4, 12)) + "_[0-9a-f]{16}")

_sender_is_killed = (
    select(_a.address)
    .where(_a.address == _i.from_agent, _a.killed_at.is_not(None), text("status <> 'deleted'"))
    .exists()
)
#: What another transaction is just claiming is passed by.
FREE = (
    select(intents)
    .where(
        _i.queue == bindparam("mailbox"),
        _i.available_at <= bindparam("now"),
        ~_sender_is_killed,
    )
    .order_by(_i.available_at, _i.intent_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=intents)
)
INSERT = insert(claims).values({column.name: bindparam(column.name) for column in claims.columns})
END = delete(claims).where(_c.intent_id == bindparam("intent_id"))
OF_INTENT = select(claims).where(_c.intent_id == bindparam("intent_id"))
#: What a request has claimed that was sent before: its answer got lost.
OF_REQUEST = select(claims).where(
    _c.mailbox == bindparam("mailbox"), _c.worker_id == bindparam("worker_id"), _c.request_key == bindparam("request")
)
OF_MAILBOX = select(claims).where(_c.mailbox == bindparam("mailbox")).order_by(_c.intent_id)
_seconds = func.coalesce(bindparam("seconds", type_=BigInteger), _c.lease_seconds)
RENEW = (
    update(claims)
    .where(
        _c.intent_id == bindparam("intent"),
        _c.claim_id == bindparam("claim"),
        _c.workspace_id == bindparam("workspace"),
    )
    .values(
        lease_until=bindparam("now", type_=BigInteger) + _seconds * bindparam("second", type_=BigInteger),
        lease_seconds=_seconds,
    )
    .returning(_c.lease_until, _c.mailbox, _c.worker_id)
)
_of_worker = (_c.mailbox == bindparam("mailbox"), _c.worker_id == bindparam("worker_id"))
EXPIRED = select(claims).where(*_of_worker, _c.lease_until <= bindparam("now")).order_by(_c.lease_until)
#: A lease that was renewed meanwhile goes on.
EXPIRE = (
    delete(claims)
    .where(
        and_(
            _c.intent_id == bindparam("intent_id"),
            _c.claim_id == bindparam("claim_id"),
            _c.lease_until <= bindparam("now"),
        )
    )
    .returning(_c.intent_id)
)
NEXT_END = select(func.min(_c.lease_until).label("lease_until")).where(*_of_worker)


def new_id(intent_id: str) -> str:
    """The id of a new claim; it says which intent it is about."""
    return f"clm_{intent_id.replace('-', '')}_{uuid.uuid4().hex[:16]}"


def intent_of(claim_id: str) -> str | None:
    """The id of the intent a claim is about; ``None`` for what is no id of a claim."""
    found = _CLAIM_ID.fullmatch(claim_id)
    return "-".join(found.groups()) if found else None


def of_intent(tx: Tx, intent_id: str) -> Row | None:
    """The living claim of an intent."""
    return tx.one(OF_INTENT, {"intent_id": intent_id})
