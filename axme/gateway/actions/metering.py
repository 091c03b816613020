"""Counting what a workspace uses, in the transaction that uses it (contract 1.8 and 3.22).

The one call other families make is :func:`spend`, as the last thing before their answer, so that the counting row is
held for as short a time as possible.
"""

from __future__ import annotations

from typing import NoReturn

from axme.contract.clock import to_text
from axme.contract.codes import QUOTA_EXCEEDED
from axme.contract.metering import DAY, Dimension
from axme.gateway.actions import audit
from axme.gateway.auth.identity import Identity
from axme.gateway.errors import GatewayError
from axme.gateway.policy.quotas import DEFAULTS, Beyond, Limit, billable_units
from axme.gateway.store.queries import quotas, usage
from axme.gateway.store.tx import Tx

#: What was used beyond a limit and is billed; a name beside the seven, so that it is no part of any quota.
OVERAGE = "overage_units"


def spend(tx: Tx, who: Identity, dimension: Dimension, amount: int = 1, *, workspace_id: str | None = None) -> None:
    """Count ``amount`` of ``dimension``; a negative amount of storage gives it free.

    Args:
        tx: the transaction of what is counted; if it is rolled back, nothing was used.
        who: the caller.
        dimension: what is used.
        amount: how much, in the unit of the dimension.
        workspace_id: whose quota it is; the caller's own by default.

    Raises:
        GatewayError: 429 ``quota_exceeded`` with ``details`` of ``dimension``, ``used``, ``limit`` and ``reset_at``.
    """
    workspace = workspace_id or who.workspace_id
    today = tx.now // DAY
    day = 0 if dimension is Dimension.MEDIA_STORAGE else today
    row = usage.add(tx, workspace, dimension, day, amount)
    used, limit = int(row["used"]), _limit(dimension, row["quota"])
    if used < limit.soft:
        return
    excess = limit.excess(used, amount)
    if excess and limit.beyond is Beyond.REFUSE:
        _refuse(tx, who, dimension, used - amount, limit)
    if excess and limit.beyond is Beyond.BILL:
        usage.add(tx, workspace, OVERAGE, today, billable_units(dimension, excess))
    if limit.passes_soft(used, amount):
        details = {"dimension": dimension.value, "used": used, "limit": limit.ceiling}
        audit.record(tx, who, "quota.threshold", workspace, details=details)


def note_requests(tx: Tx, workspace_id: str, peak: int) -> int:
    """Keep ``peak`` requests of one minute if they are the most of today; returns today, counted from 1970."""
    day = tx.now // DAY
    usage.note_peak(tx, workspace_id, Dimension.REQUESTS.value, day, peak)
    return day


def limit_of(tx: Tx, workspace_id: str, dimension: Dimension) -> Limit:
    """The limit of a workspace."""
    row = tx.one(quotas.LIMIT, {"workspace_id": workspace_id, "dimension": dimension.value})
    return DEFAULTS[dimension] if row is None else Limit(row["ceiling"], row["soft"], Beyond(row["beyond"]))


def _limit(dimension: Dimension, quota: str | None) -> Limit:
    if quota is None:
        return DEFAULTS[dimension]
    ceiling, soft, beyond = quota.split()
    return Limit(int(ceiling), int(soft), Beyond(beyond))


def _refuse(tx: Tx, who: Identity, dimension: Dimension, used: int, limit: Limit) -> NoReturn:
    resets = dimension is not Dimension.MEDIA_STORAGE
    reset_at = to_text((tx.now // DAY + 1) * DAY) if resets else None
    remedy = f"wait until {reset_at}" if reset_at else "delete what is not needed"
    audit.record_refusal(tx, who, "quota.exceeded", dimension.value, f"{used} of {limit.ceiling} used")
    raise GatewayError(
        QUOTA_EXCEEDED,
        f"the quota {dimension.value} of this workspace is used up, {used} of {limit.ceiling}: {remedy}, "
        "or have an owner of the organization raise it",
        details={"dimension": dimension.value, "used": used, "limit": limit.ceiling, "reset_at": reset_at},
    )
