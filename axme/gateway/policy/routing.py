"""Which route is taken: active, the healthiest, then the lowest priority number (contract 3.28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

ACTIVE = "active"
#: A route nobody has judged yet comes after those that are known to work.
_HEALTH = {"healthy": 0, "unknown": 1, "degraded": 2, "unhealthy": 3}
R = TypeVar("R", bound=Mapping[str, Any])


def candidates(routes: Sequence[R]) -> list[R]:
    """The routes that may be taken, the best first; the older one where all else is equal."""
    able = [route for route in routes if route["status"] == ACTIVE]
    return sorted(able, key=lambda route: (_HEALTH[route["health_status"]], route["priority"]))


def following(routes: Sequence[R], failed: str) -> R | None:
    """The route of the next try after the one of the id ``failed``, as the failover policy of that one says.

    ``none`` stays with it, ``same_region`` takes turns in its region, ``cross_region`` among all. A route that is gone
    or no longer active is replaced by the best one; ``None`` when there is none.
    """
    able = candidates(routes)
    before = next((route for route in able if route["route_id"] == failed), None)
    if before is None:
        return able[0] if able else None
    if before["failover_policy"] == "none":
        return before
    if before["failover_policy"] == "same_region":
        able = [route for route in able if route["region"] == before["region"]]
    return able[(able.index(before) + 1) % len(able)]
