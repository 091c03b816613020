"""Access requests."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, insert, or_, select, update

from axme.contract.limits import LIST_LIMIT
from axme.gateway.store.tables import access_requests

_r = access_requests.c
REVIEWED = ("state", "reviewer_actor_id", "review_comment", "reviewed_at", "updated_at")

INSERT = insert(access_requests).values({column.name: bindparam(column.name) for column in access_requests.columns})
#: Two reviews wait for each other.
REQUEST = select(access_requests).where(_r.access_request_id == bindparam("access_request_id")).with_for_update()
#: Requests that name no organization belong to the one they were asked in.
TO_ORGANIZATION = (
    select(access_requests)
    .where(
        or_(
            _r.org_id == bindparam("org_id"),
            and_(_r.org_id.is_(None), _r.home_org_id == bindparam("org_id")),
        )
    )
    .order_by(_r.created_at.desc(), _r.access_request_id)
    .limit(LIST_LIMIT[1])
)
REVIEW = (
    update(access_requests)
    .where(_r.access_request_id == bindparam("id"))
    .values({name: bindparam(f"new_{name}") for name in REVIEWED})
)
