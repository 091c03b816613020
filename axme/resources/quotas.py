"""What a workspace may use, as an object (contract 3.22)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from axme.contract.metering import Dimension, OverageMode
from axme.exceptions import AxmeValueError
from axme.resources.base import Resource
from axme.resources.collections import Collection
from axme.resources.fields import field, optional
from axme.wire import FlatCalls

if TYPE_CHECKING:
    from marshmallow import Schema

_DIMENSIONS = tuple(dimension.value for dimension in Dimension)


class Quota(Resource):
    """The limits of one workspace, and what happens beyond them."""

    __slots__ = ()
    _ID = "workspace_id"
    _KEY = "quota_policy"

    quota_policy_id = field("quota_policy_id", str)
    org_id = field("org_id", str)
    workspace_id = field("workspace_id", str)
    #: The limit of each dimension, such as ``intents_per_day``.
    dimensions = field("dimensions", dict[str, int])
    #: At so many percent of a limit the audit trail gets a ``quota.threshold``.
    soft_threshold_percent = field("soft_threshold_percent", int)
    hard_enforcement = field("hard_enforcement", bool)
    overage_mode = field("overage_mode", OverageMode)
    updated_by_actor_id = optional("updated_by_actor_id", str)
    updated_at = field("updated_at", datetime)

    @staticmethod
    def _schema() -> type[Schema]:
        from axme.contract.schemas.quotas import QuotaPolicy as Shape

        return Shape

    def update(
        self,
        dimensions: Mapping[str, int] | None = None,
        *,
        overage_mode: str | None = None,
        hard_enforcement: bool | None = None,
        soft_threshold_percent: int | None = None,
    ) -> Quota:
        """Change what is given; the rest stays. ``PATCH /v1/quotas``

        Args:
            dimensions: new limits, for some or all of the seven dimensions.
            overage_mode: ``block`` refuses what goes beyond a limit, ``grace`` only counts it, ``bill_overage`` puts
                it on the invoice.
            hard_enforcement: ``False`` makes ``block`` only count.
            soft_threshold_percent: when to note that a limit is near, 1 to 100.

        Raises:
            AxmeValueError: there is no such dimension.
            AxmePermissionError: only owners and administrators of the organization may.

        Example:
            >>> workspace.quota.update({"intents_per_day": 5_000}, overage_mode="grace")  # doctest: +SKIP
        """
        unknown = [name for name in dimensions or () if name not in _DIMENSIONS]
        if unknown:
            raise AxmeValueError(f"there is no dimension {unknown[0]!r}: there are {', '.join(_DIMENSIONS)}")
        said: dict[str, Any] = {
            "dimensions": dict(dimensions) if dimensions else None,
            "overage_mode": overage_mode,
            "hard_enforcement": hard_enforcement,
            "soft_threshold_percent": soft_threshold_percent,
        }
        body = {name: value for name, value in said.items() if value is not None}
        return self._absorb(self._api.update_quota({"org_id": self.org_id, "workspace_id": self.id, **body}))

    def _fetch(self) -> dict[str, Any]:
        return self._api.get_quota(org_id=self._snapshot.raw.get("org_id"), workspace_id=self.id)

    def _summary(self) -> str:
        return " ".join(filter(None, (f"of {self.id}", self._seen("overage_mode"))))


class Quotas(Collection):
    """The quotas of workspaces."""

    __slots__ = ()

    def get(self, *, org_id: str | None = None, workspace_id: str | None = None) -> Quota:
        """The quota of a workspace, the caller's own by default. ``GET /v1/quotas``

        Raises:
            AxmeNotFoundError: there is no such workspace.
        """
        return Quota._from(self._api, self._api.get_quota(org_id=org_id, workspace_id=workspace_id).get("quota_policy"))


def quota_of(client: FlatCalls, org_id: str, workspace_id: str) -> Quota:
    """A handle on the quota of a workspace that is known; asks nobody until it is used."""
    return Quota(client, workspace_id, {"org_id": org_id, "workspace_id": workspace_id})
