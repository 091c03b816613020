"""Which route is taken, and which one after a failed try."""

from __future__ import annotations

from typing import Any

import pytest

from axme.gateway.policy.routing import candidates, following


def route(route_id: str, **fields: Any) -> dict[str, Any]:
    whole = {"status": "active", "health_status": "unknown", "priority": 100, "failover_policy": "none", "region": None}
    return whole | {"route_id": route_id} | fields


def ids(routes: list[dict[str, Any]]) -> str:
    return " ".join(found["route_id"] for found in candidates(routes))


def test_the_healthiest_active_route_of_the_lowest_priority_is_taken() -> None:
    routes = [
        route("a", priority=1, health_status="unhealthy"),
        route("b", priority=1, health_status="degraded"),
        route("c", priority=1, status="inactive"),
        route("d", priority=1, status="draining", health_status="healthy"),
        route("e", priority=200),
        route("f", priority=50),
        route("g", priority=300, health_status="healthy"),
        route("h", priority=50),
    ]
    assert ids(routes) == "g f h e b a"
    assert ids([]) == ""


@pytest.mark.parametrize(("policy", "turns"), [("none", "a a a"), ("same_region", "c a c"), ("cross_region", "b c a")])
def test_the_failover_policy_says_where_the_next_try_goes(policy: str, turns: str) -> None:
    routes = [
        route(name, region=region, failover_policy=policy)
        for name, region in zip("abc", ("eu", "us", "eu"), strict=True)
    ]
    failed, seen = "a", []
    for _ in range(3):
        found = following(routes, failed)
        assert found is not None
        failed = found["route_id"]
        seen.append(failed)
    assert " ".join(seen) == turns


def test_a_route_that_is_gone_is_replaced_by_the_best() -> None:
    assert following([route("b"), route("c", priority=1)], "a") == route("c", priority=1)
    assert following([route("a", status="inactive"), route("b")], "a") == route("b")
    assert following([], "a") is None
