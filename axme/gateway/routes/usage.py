"""What workspaces have used (contract 3.23)."""

from __future__ import annotations

from axme.contract.metering import DEFAULT_SERIES_DAYS, SERIES_DAYS, WINDOWS
from axme.contract.schemas import usage as schemas
from axme.gateway.actions import usage
from axme.gateway.policy import roles
from axme.gateway.routes.operation import Access, Asked, Body, Operation, Reads, Writes
from axme.gateway.routes.query import IN_ORGANIZATION, IN_WORKSPACE, Text, Whole
from axme.gateway.store import Tx

_DAYS = Whole(
    name="window_days",
    about="How many days, today included.",
    low=SERIES_DAYS[0],
    high=SERIES_DAYS[1],
    default=DEFAULT_SERIES_DAYS,
)
_WINDOW = Text(name="window", about="This day, week or month, in UTC; the day by default.", choices=WINDOWS)


def summary(tx: Tx, asked: Asked) -> Body:
    """What was used in a window."""
    query = asked.query
    return usage.summary(
        tx,
        asked.who,
        org_id=query["org_id"],
        workspace_id=query["workspace_id"],
        window=query["window"] or WINDOWS[0],
    )


def timeseries(tx: Tx, asked: Asked) -> Body:
    """What was used on each day."""
    query = asked.query
    return usage.timeseries(
        tx, asked.who, org_id=query["org_id"], workspace_id=query["workspace_id"], days=query["window_days"]
    )


def rollup(tx: Tx, asked: Asked) -> Body:
    """Roll up closed days."""
    query = asked.query
    return usage.rollup(
        tx, asked.who, org_id=query["org_id"], workspace_id=query["workspace_id"], days=query["window_days"]
    )


OPERATIONS = (
    Operation(
        methods=("GET",),
        path="/v1/usage/summary",
        name="get_usage_summary",
        about="Used, limit and remaining of each dimension.",
        access=Access.TENANT,
        may=roles.METERING_READ,
        action=Reads(summary),
        query=(IN_ORGANIZATION, IN_WORKSPACE, _WINDOW),
        answer=schemas.UsageSummaryAnswer,
    ),
    Operation(
        methods=("GET",),
        path="/v1/usage/timeseries",
        name="get_usage_timeseries",
        about="What was used on each day, the oldest first.",
        access=Access.TENANT,
        may=roles.METERING_READ,
        action=Reads(timeseries),
        query=(IN_ORGANIZATION, IN_WORKSPACE, _DAYS),
        answer=schemas.UsageSeriesAnswer,
    ),
    Operation(
        methods=("POST",),
        path="/v1/usage/rollups/daily",
        name="rollup_usage_daily",
        about="Roll up closed days now, as the gateway does every night.",
        access=Access.TENANT,
        may=roles.USAGE_ROLLUP,
        action=Writes(rollup),
        query=(IN_ORGANIZATION, IN_WORKSPACE, _DAYS),
        answer=schemas.UsageRollupAnswer,
    ),
)
