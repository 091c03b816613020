"""Principals, aliases, routes, transports and deliveries: one request a call, in the forms programs know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from axme import AxmeClient
from tests.wire.recorder import Recorder

BODY = {"a": 1}
PLACE = {"org_id": "o", "workspace_id": "w"}
Row = tuple[Callable[[AxmeClient], Any], str, str, dict[str, str], Any]

CALLS: dict[str, Row] = {
    "create_principal": (lambda c: c.create_principal(BODY), "POST", "/v1/principals", {}, BODY),
    "get_principal": (lambda c: c.get_principal("p/1"), "GET", "/v1/principals/p%2F1", {}, None),
    "bind_alias": (lambda c: c.bind_alias(BODY), "POST", "/v1/aliases", {}, BODY),
    "list_aliases": (
        lambda c: c.list_aliases(**PLACE, principal_id="p", status="active", limit=3),
        "GET", "/v1/aliases", PLACE | {"principal_id": "p", "status": "active", "limit": "3"}, None,
    ),
    "revoke_alias": (lambda c: c.revoke_alias("als_1"), "POST", "/v1/aliases/als_1/revoke", {}, None),
    "resolve_alias": (
        lambda c: c.resolve_alias(**PLACE, alias="a&b"), "GET", "/v1/aliases/resolve", PLACE | {"alias": "a&b"}, None,
    ),
    "register_routing_endpoint": (
        lambda c: c.register_routing_endpoint(BODY), "POST", "/v1/routing/endpoints", {}, BODY,
    ),
    "list_routing_endpoints": (
        lambda c: c.list_routing_endpoints(**PLACE), "GET", "/v1/routing/endpoints", PLACE, None,
    ),
    "update_routing_endpoint": (
        lambda c: c.update_routing_endpoint("rte_1", BODY), "PATCH", "/v1/routing/endpoints/rte_1", {}, BODY,
    ),
    "remove_routing_endpoint": (
        lambda c: c.remove_routing_endpoint("rte_1"), "DELETE", "/v1/routing/endpoints/rte_1", {}, None,
    ),
    "resolve_routing": (lambda c: c.resolve_routing(BODY), "POST", "/v1/routing/resolve", {}, BODY),
    "upsert_transport_binding": (
        lambda c: c.upsert_transport_binding(BODY), "POST", "/v1/transports/bindings", {}, BODY,
    ),
    "list_transport_bindings": (
        lambda c: c.list_transport_bindings(**PLACE), "GET", "/v1/transports/bindings", PLACE, None,
    ),
    "remove_transport_binding": (
        lambda c: c.remove_transport_binding("bnd_1"), "DELETE", "/v1/transports/bindings/bnd_1", {}, None,
    ),
    "submit_delivery": (lambda c: c.submit_delivery(BODY), "POST", "/v1/deliveries", {}, BODY),
    "list_deliveries": (
        lambda c: c.list_deliveries(**PLACE, principal_id="p", status="pending"),
        "GET", "/v1/deliveries", PLACE | {"principal_id": "p", "status": "pending"}, None,
    ),
    "get_delivery": (lambda c: c.get_delivery("dlv_1"), "GET", "/v1/deliveries/dlv_1", {}, None),
    "replay_delivery": (lambda c: c.replay_delivery("dlv_1"), "POST", "/v1/deliveries/dlv_1/replay", {}, None),
    "acknowledge_delivery": (
        lambda c: c.acknowledge_delivery("dlv_1"), "POST", "/v1/deliveries/dlv_1/acknowledge", {}, None,
    ),
    "get_delivery_operations": (
        lambda c: c.get_delivery_operations(**PLACE, window_hours=2),
        "GET", "/v1/deliveries-operations", PLACE | {"window_hours": "2"}, None,
    ),
    "reconcile_deliveries": (lambda c: c.reconcile_deliveries(BODY), "POST", "/v1/deliveries/reconcile", {}, BODY),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_one_request(name: str, flat: AxmeClient, recorder: Recorder) -> None:
    call, method, path, query, body = CALLS[name]
    assert call(flat) == {"ok": True}
    asked = recorder.last
    assert (asked.method, asked.path, asked.query, asked.body) == (method, path, query, body)
    assert len(recorder.asked) == 1
    assert ("idempotency-key" in asked.headers) == (method != "GET")
