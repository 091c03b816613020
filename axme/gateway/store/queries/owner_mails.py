"""Mails to owners of what could not be delivered."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select, update

from axme.gateway.store.tables import owner_mails

KIND = "owner_mail"
_m = owner_mails.c

INSERT = insert(owner_mails)
TO_CHANGE = select(owner_mails).where(_m.mail_id == bindparam("mail_id")).with_for_update()
UPDATE = (
    update(owner_mails)
    .where(_m.mail_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in ("status", "attempt_count", "error_detail", "updated_at")})
)
#: What an address was written about of late, and how often.
WRITTEN_SINCE = (
    select(_m.about, func.count().label("count"))
    .where(_m.address == bindparam("address"), _m.created_at > bindparam("since"))
    .group_by(_m.about)
)
