"""What a workspace has used, as objects (contract 3.23)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.resources.base import Record
from axme.resources.collections import Collection, Page
from axme.resources.fields import field, records
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema


class DimensionUsage(Record):
    """One dimension in a window."""

    __slots__ = ()

    used = field("used", int)
    limit = field("limit", int)
    #: Below 0 once a limit that only counts was passed.
    remaining = field("remaining", int)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.usage import DimensionUsage as Shape

        return Shape

    def _summary(self) -> str:
        return f"{self._seen('used')} of {self._seen('limit')}"


class UsageSummary(Record):
    """What was used in a window: ``summary.dimensions["intents_per_day"].remaining``."""

    __slots__ = ()

    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    window_start = field("window_start", datetime)
    window_end = field("window_end", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.usage import UsageSummary as Shape

        return Shape

    @property
    def dimensions(self) -> dict[str, DimensionUsage]:
        """Used, limit and remaining by dimension."""
        return {name: DimensionUsage(raw) for name, raw in self._snapshot.raw.get("dimensions", {}).items()}

    def to_frame(self, library: str | None = None) -> Any:
        """One row a dimension, with ``used``, ``limit`` and ``remaining``; as of ``Page.to_frame()``."""
        from axme.resources import _frames

        kinds = {"dimension": str, "used": int, "limit": int, "remaining": int}
        rows = ({"dimension": name} | one.raw for name, one in self.dimensions.items())
        return _frames.frame(kinds, rows, library)

    def _glimpse(self) -> dict[str, Any]:
        known = self._snapshot.raw.get("dimensions")
        told = known.items() if isinstance(known, dict) else ()
        return super()._glimpse() | {name: _share(raw) for name, raw in told}


def _share(raw: Any) -> str:
    used, limit = (raw.get(name) if isinstance(raw, dict) else None for name in ("used", "limit"))
    return f"{used:,} of {limit:,}" if type(used) is int and type(limit) is int else str(raw)


class UsagePoint(Record):
    """What was used on the day that begins at ``at``."""

    __slots__ = ()

    at = field("at", datetime)
    dimensions = field("dimensions", dict[str, int])

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.usage import UsagePoint as Shape

        return Shape

    def _summary(self) -> str:
        return self._seen("at")


class UsageSeries(Record):
    """One point a day, the oldest first."""

    __slots__ = ()

    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    granularity = field("granularity", str)
    points = records("points", UsagePoint)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.usage import UsageSeries as Shape

        return Shape


class Usage(Collection):
    """The usage of one workspace, the caller's own unless another is named."""

    __slots__ = ("_org_id", "_workspace_id")

    def __init__(self, client: FlatCalls, org_id: str | None = None, workspace_id: str | None = None) -> None:
        super().__init__(client)
        self._org_id = org_id
        self._workspace_id = workspace_id

    def summary(self, window: str = "day") -> UsageSummary:
        """Used, limit and remaining of each dimension. ``GET /v1/usage/summary``

        Args:
            window: this ``day``, ``week`` or ``month``, in UTC.

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        answer = self._api.get_usage_summary(**self._place(), window=window)
        return UsageSummary(answer["summary"])

    def timeseries(self, days: int = 30) -> Page[UsagePoint]:
        """One point for each of the last ``days`` days, today last. ``GET /v1/usage/timeseries``

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        answer = self._api.get_usage_timeseries(**self._place(), window_days=days)
        return Page(UsageSeries(answer["series"]).points, what="days", kind=UsagePoint)

    def roll_up(self, days: int = 30) -> int:
        """Roll up closed days now instead of in the night. ``POST /v1/usage/rollups/daily``

        Returns:
            How many days were rolled up.
        """
        done: int = self._api.rollup_usage_daily(**self._place(), window_days=days)["rollup"]["days_rolled_up"]
        return done

    def _place(self) -> dict[str, Any]:
        return {"org_id": self._org_id, "workspace_id": self._workspace_id}
