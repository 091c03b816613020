"""Mails about tasks, and the people they are for."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, or_, select, update

from axme.gateway.lifecycle.mailing import Occasion
from axme.gateway.store.queries.members import ACTIVE, EVERYWHERE
from axme.gateway.store.tables import members, task_mails, users

KIND = "mail"
#: All of them go to one server.
TARGET = "mail"
PENDING, SENT, FAILED = "pending", "sent", "failed"
#: A newer one about the same task went to the same address; nobody is asked any more; the address had too many.
REPLACED, NOT_NEEDED, CAPPED = "replaced", "not_needed", "capped"
_m, _u, _p = task_mails.c, users.c, members.c

INSERT = insert(task_mails)
TO_CHANGE = select(task_mails).where(_m.mail_id == bindparam("mail_id")).with_for_update()
OF_INTENT = select(task_mails).where(_m.intent_id == bindparam("intent_id")).order_by(_m.created_at, _m.mail_id)
NEWER = (
    select(_m.mail_id)
    .where(
        _m.intent_id == bindparam("intent_id"),
        _m.address == bindparam("address"),
        _m.seq > bindparam("seq"),
        _m.occasion != Occasion.NOTIFIED.value,
        or_(_m.status == PENDING, _m.status == SENT),
    )
    .limit(1)
)
UPDATE = (
    update(task_mails)
    .where(_m.mail_id == bindparam("id"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("status", "attempt_count", "error_detail", "updated_at", "sent_at")
        }
    )
)
WRITTEN_SINCE = select(func.count().label("count")).where(
    _m.address == bindparam("address"), _m.created_at > bindparam("since"), _m.status != CAPPED
)
#: When the address was sent its mails of late, the oldest first.
SENT_SINCE = (
    select(_m.sent_at)
    .where(_m.address == bindparam("address"), _m.created_at > bindparam("written"), _m.sent_at > bindparam("since"))
    .order_by(_m.sent_at)
)
ADDRESS_OF = (
    select(_u.email)
    .where(
        _u.org_id == bindparam("org_id"),
        _u.email.is_not(None),
        or_(_u.owner_agent == bindparam("name"), _u.nick == bindparam("nick")),
    )
    .limit(1)
)
USER_AT = select(_u.user_id).where(_u.org_id == bindparam("org_id"), _u.email == bindparam("address")).limit(1)
#: Who has a role in a workspace, or in all of its organization; of very many, those who came first.
WITH_ROLE = (
    select(_p.actor_id)
    .where(
        _p.org_id == bindparam("org_id"),
        _p.role == bindparam("role"),
        _p.status == ACTIVE,
        or_(_p.workspace_id == EVERYWHERE, _p.workspace_id == bindparam("workspace_id")),
    )
    .order_by(_p.created_at, _p.member_id)
    .limit(100)
)
MEMBER_AT = (
    select(_p.member_id)
    .where(_p.org_id == bindparam("org_id"), _p.actor_id == bindparam("address"), _p.status == ACTIVE)
    .limit(1)
)
