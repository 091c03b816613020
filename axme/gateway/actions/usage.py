"""What a workspace has used (contract 3.23), day by day in UTC."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from axme.contract.clock import to_text
from axme.contract.metering import DAY, PER_DAY, Dimension
from axme.gateway.actions import audit
from axme.gateway.actions.metering import OVERAGE, limit_of
from axme.gateway.actions.tenants import the_workspace
from axme.gateway.auth.identity import Identity
from axme.gateway.policy.periods import day_of, window_days
from axme.gateway.store.queries import usage
from axme.gateway.store.tx import Row, Tx

Used = Mapping[str, int]


def summary(tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, window: str) -> dict[str, Any]:
    """Used, limit and remaining of each dimension in a calendar window. ``GET /v1/usage/summary``

    Limits of a day count once for each day of the window; the requests are those of its busiest minute, the storage
    is what it holds now.

    Raises:
        GatewayError: 404; 403.
    """
    workspace = the_workspace(tx, who, org_id, workspace_id)
    first, last = window_days(window, day_of(tx.now))
    days = by_day(tx, workspace["workspace_id"], first, last)
    shown = {
        name.value: _standing(tx, workspace, name, days, last - first + 1 if name in PER_DAY else 1)
        for name in Dimension
    }
    window_said = {"window_start": to_text(first * DAY), "window_end": to_text((last + 1) * DAY)}
    return {"ok": True, "summary": {**_place(workspace), **window_said, "dimensions": shown}}


def timeseries(tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, days: int) -> dict[str, Any]:
    """One point for each of the last ``days`` days, today last. ``GET /v1/usage/timeseries``

    Raises:
        GatewayError: 404; 403.
    """
    workspace = the_workspace(tx, who, org_id, workspace_id)
    last = day_of(tx.now)
    used = by_day(tx, workspace["workspace_id"], last - days + 1, last)
    points = [
        {"at": to_text(day * DAY), "dimensions": {name.value: used[day].get(name.value, 0) for name in Dimension}}
        for day in range(last - days + 1, last + 1)
    ]
    return {"ok": True, "series": {**_place(workspace), "granularity": "day", "points": points}}


def rollup(tx: Tx, who: Identity, *, org_id: str | None, workspace_id: str | None, days: int) -> dict[str, Any]:
    """Roll up the last ``days`` closed days now, as the gateway does every night. ``POST /v1/usage/rollups/daily``

    Raises:
        GatewayError: 404; 403.
    """
    workspace = the_workspace(tx, who, org_id, workspace_id)
    today = day_of(tx.now)
    closed = {"workspace_id": workspace["workspace_id"], "first": today - days, "today": today}
    done = _close(tx, tx.run(usage.TAKE_CLOSED_OF, closed))
    audit.record(
        tx,
        who,
        "usage.rollup",
        workspace["workspace_id"],
        org_id=workspace["org_id"],
        workspace_id=workspace["workspace_id"],
    )
    window_said = {"window_start": to_text((today - days) * DAY), "window_end": to_text(today * DAY)}
    return {"ok": True, "rollup": {**_place(workspace), **window_said, "days_rolled_up": done}}


def close_all(tx: Tx) -> None:
    """Roll up every closed day of every workspace, and note how much each stores."""
    today = day_of(tx.now)
    _close(tx, tx.run(usage.TAKE_CLOSED, {"today": today}))
    usage.keep_levels(tx, [row | {"used": int(row["used"]), "day": today - 1} for row in tx.run(usage.LEVELS)])


def by_day(tx: Tx, workspace_id: str, first: int, last: int) -> Mapping[int, Used]:
    """What was used on each day; today holds the storage of this moment."""
    days: dict[int, dict[str, int]] = defaultdict(dict)
    for row in tx.run(usage.BY_DAY, {"workspace_id": workspace_id, "first": first, "last": last}):
        days[row["day"]][row["dimension"]] = int(row["used"])
    level = tx.run(usage.BY_DAY, {"workspace_id": workspace_id, "first": 0, "last": 0})
    days[day_of(tx.now)].update({row["dimension"]: max(0, int(row["used"])) for row in level})
    return days


def overage(tx: Tx, workspace_id: str, first: int, last: int) -> int:
    """The billable units beyond the limits."""
    return sum(day.get(OVERAGE, 0) for day in by_day(tx, workspace_id, first, last).values())


def _close(tx: Tx, taken: list[Row]) -> int:
    """Keep the sums of counts that were taken away; returns of how many days."""
    sums: dict[tuple[str, str, int], int] = defaultdict(int)
    for row in taken:
        sums[row["workspace_id"], row["dimension"], row["day"]] += int(row["used"])
    usage.keep(
        tx,
        [
            {"workspace_id": workspace, "dimension": dimension, "day": day, "used": used}
            for (workspace, dimension, day), used in sums.items()
        ],
    )
    return len({day for _, _, day in sums})


def _standing(tx: Tx, workspace: Row, name: Dimension, days: Mapping[int, Used], times: int) -> dict[str, int]:
    ceiling = limit_of(tx, workspace["workspace_id"], name).ceiling * times
    values = [used.get(name.value, 0) for used in days.values()]
    if name is Dimension.MEDIA_STORAGE:
        used = days[day_of(tx.now)].get(name.value, 0)
    else:
        used = max(values, default=0) if name is Dimension.REQUESTS else sum(values)
    return {"used": used, "limit": ceiling, "remaining": ceiling - used}


def _place(workspace: Row) -> dict[str, str]:
    return {"org_id": workspace["org_id"], "workspace_id": workspace["workspace_id"]}
