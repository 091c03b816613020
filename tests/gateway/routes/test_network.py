"""Principals and deliveries over HTTP: refusals, bad input, and nothing of one organization in another."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from axme.gateway import LocalGateway
from tests.gateway.delivery.target import answering, serving
from tests.plain import Caller, refused, until

PRINCIPAL = {"principal_type": "user"}
ROUTE = {"transport_type": "http", "endpoint_url": "https://hooks.example.com/", "auth_mode": "none"}


@pytest.fixture
def principal(caller: Caller) -> dict[str, Any]:
    found: dict[str, Any] = caller.post("/v1/principals", PRINCIPAL)["principal"]
    return found


@pytest.fixture
def stranger(gateway: LocalGateway, caller: Caller) -> Iterator[Caller]:
    """A key of another organization."""
    name = f"org {uuid.uuid4().hex[:8]}"
    org = caller.post("/v1/organizations", {"name": name, "requested_by_actor_id": "somebody"})["organization"]
    path = f"/v1/organizations/{org['org_id']}/workspaces"
    workspace = caller.post(path, {"name": "main", "environment": "sandbox"})["workspace"]
    place = {"org_id": org["org_id"], "workspace_id": workspace["workspace_id"]}
    account = caller.post("/v1/service-accounts", place | {"name": "worker"})["service_account"]
    key = caller.post(f"/v1/service-accounts/{account['service_account_id']}/keys")["key"]
    with Caller(gateway.base_url, key["token"]) as calls:
        yield calls


@pytest.fixture
def belongings(caller: Caller, principal: dict[str, Any]) -> dict[str, str]:
    """One of each, by the name of its id."""
    whose = {"principal_id": principal["principal_id"]}
    alias = caller.post("/v1/aliases", whose | {"alias": f"a-{uuid.uuid4().hex}", "alias_type": "service"})["alias"]
    binding = {"transport_type": "queue", "transport_handle": "handle"}
    route = caller.post("/v1/routing/endpoints", whose | ROUTE | {"transport_type": "queue"})["route"]
    return {
        "principal_id": principal["principal_id"],
        "alias_id": alias["alias_id"],
        "alias": alias["alias"],
        "route_id": route["route_id"],
        "binding_id": caller.post("/v1/transports/bindings", whose | binding)["binding"]["binding_id"],
        "delivery_id": caller.post("/v1/deliveries", whose | {"payload": {}})["delivery"]["delivery_id"],
    }


REACHES = {
    "get_principal": ("GET", "/v1/principals/{principal_id}", None),
    "bind_alias": ("POST", "/v1/aliases", {"principal_id": "{principal_id}", "alias": "mine", "alias_type": "service"}),
    "revoke_alias": ("POST", "/v1/aliases/{alias_id}/revoke", {}),
    "resolve_alias": ("GET", "/v1/aliases/resolve?alias={alias}", None),
    "register_routing_endpoint": ("POST", "/v1/routing/endpoints", ROUTE | {"principal_id": "{principal_id}"}),
    "update_routing_endpoint": ("PATCH", "/v1/routing/endpoints/{route_id}", {"priority": 1}),
    "remove_routing_endpoint": ("DELETE", "/v1/routing/endpoints/{route_id}", None),
    "resolve by principal": ("POST", "/v1/routing/resolve", {"principal_id": "{principal_id}"}),
    "resolve by alias": ("POST", "/v1/routing/resolve", {"alias": "{alias}"}),
    "upsert_transport_binding": (
        "POST",
        "/v1/transports/bindings",
        {"principal_id": "{principal_id}", "transport_type": "queue", "transport_handle": "mine"},
    ),
    "remove_transport_binding": ("DELETE", "/v1/transports/bindings/{binding_id}", None),
    "submit_delivery": ("POST", "/v1/deliveries", {"principal_id": "{principal_id}", "payload": {}}),
    "get_delivery": ("GET", "/v1/deliveries/{delivery_id}", None),
    "replay_delivery": ("POST", "/v1/deliveries/{delivery_id}/replay", {}),
    "acknowledge_delivery": ("POST", "/v1/deliveries/{delivery_id}/acknowledge", {}),
}


def _filled(text: str, ids: dict[str, str]) -> str:
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _ask(calls: Caller, name: str, ids: dict[str, str]) -> dict[str, Any]:
    method, path, body = REACHES[name]
    sent = {key: _filled(value, ids) if isinstance(value, str) else value for key, value in (body or {}).items()}
    return refused(calls.send(method, _filled(path, ids), json=sent if body is not None else None), 404, "not_found")


@pytest.mark.parametrize("name", REACHES)
def test_another_organizations_things_are_not_there(
    name: str, caller: Caller, stranger: Caller, belongings: dict[str, str]
) -> None:
    missing = {key: value[:-4] + "0000" for key, value in belongings.items()}
    hidden, absent = _ask(stranger, name, belongings), _ask(stranger, name, missing)
    assert hidden["error"]["details"] == absent["error"]["details"] == {}
    shown = {key: _filled(text, {}) for key, text in (("hidden", hidden["message"]), ("absent", absent["message"]))}
    for key, value in belongings.items():
        shown["hidden"], shown["absent"] = (
            shown["hidden"].replace(value, key),
            shown["absent"].replace(missing[key], key),
        )
    assert shown["hidden"] == shown["absent"]
    delivery = caller.get(f"/v1/deliveries/{belongings['delivery_id']}")["delivery"]
    assert delivery["status"] == "pending", "nothing happened to it"


@pytest.mark.parametrize("path", ["aliases", "routing/endpoints", "transports/bindings", "deliveries"])
def test_lists_of_another_organization_are_empty(
    path: str, caller: Caller, stranger: Caller, principal: dict[str, Any], belongings: dict[str, str]
) -> None:
    key = {"routing/endpoints": "routes", "transports/bindings": "bindings"}.get(path, path)
    whose = {"principal_id": principal["principal_id"]}
    assert len(caller.get(f"/v1/{path}", **whose)[key]) == 1
    assert stranger.get(f"/v1/{path}", **whose)[key] == []
    assert stranger.get(f"/v1/{path}", org_id=principal["org_id"])[key] == []
    assert stranger.get(f"/v1/{path}")[key] == []


def test_another_organization_is_not_there_to_work_in(stranger: Caller, principal: dict[str, Any]) -> None:
    place = {"org_id": principal["org_id"], "workspace_id": principal["workspace_id"]}
    refused(stranger.send("POST", "/v1/principals", json=PRINCIPAL | place), 404, "not_found")
    refused(stranger.send("POST", "/v1/deliveries/reconcile", json=place), 404, "not_found")
    refused(stranger.send("GET", "/v1/deliveries-operations", params=place), 404, "not_found")


BAD = {
    "no type": ("/v1/principals", {}),
    "a type nobody knows": ("/v1/principals", {"principal_type": "robot"}),
    "an empty name": ("/v1/principals", PRINCIPAL | {"display_name": ""}),
    "metadata that are none": ("/v1/principals", PRINCIPAL | {"metadata": [1]}),
    "a short alias": ("/v1/aliases", {"alias": "ab", "alias_type": "service"}),
    "an alias with a line end": ("/v1/aliases", {"alias": "a\x07b", "alias_type": "service"}),
    "a kind of alias nobody knows": ("/v1/aliases", {"alias": "abc", "alias_type": "pet"}),
    "no transport": ("/v1/routing/endpoints", {"endpoint_url": "https://x.example/", "auth_mode": "none"}),
    "a short URL": ("/v1/routing/endpoints", ROUTE | {"endpoint_url": "http://"}),
    "a URL with a user": ("/v1/routing/endpoints", ROUTE | {"endpoint_url": "https://u:p@x.example/"}),
    "a file": ("/v1/routing/endpoints", ROUTE | {"endpoint_url": "file:///etc/passwd"}),
    "two hosts": ("/v1/routing/endpoints", ROUTE | {"endpoint_url": "http://good.example\\@127.0.0.1/"}),
    "a priority of zero": ("/v1/routing/endpoints", ROUTE | {"priority": 0}),
    "a priority that is a truth": ("/v1/routing/endpoints", ROUTE | {"priority": True}),
    "a short handle": ("/v1/transports/bindings", {"transport_type": "queue", "transport_handle": "x"}),
    "no payload": ("/v1/deliveries", {}),
    "a payload that is a list": ("/v1/deliveries", {"payload": []}),
    "a short key": ("/v1/deliveries", {"payload": {}, "idempotency_key": "abc"}),
    "an age below zero": ("/v1/deliveries/reconcile", {"max_pending_age_seconds": -1}),
    "a target nobody knows": ("/v1/deliveries/reconcile", {"target_status": "failed"}),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_refused(what: str, caller: Caller, principal: dict[str, Any]) -> None:
    path, body = BAD[what]
    refused(
        caller.send("POST", path, json={"principal_id": principal["principal_id"], **body}), 422, "validation_error"
    )


@pytest.mark.parametrize(
    "query",
    ["aliases?status=gone", "aliases?limit=0", "deliveries?limit=1001", "aliases/resolve", "deliveries?status=x"],
)
def test_bad_queries_are_refused(query: str, caller: Caller) -> None:
    refused(caller.send("GET", f"/v1/{query}"), 422, "validation_error")


def test_a_window_has_bounds(caller: Caller) -> None:
    for hours in (0, 169):
        query = {"window_hours": hours}
        refused(caller.send("GET", "/v1/deliveries-operations", params=query), 422, "validation_error")


def test_what_is_read_only_stays(caller: Caller, principal: dict[str, Any]) -> None:
    forged = {"principal_id": "prn_mine", "status": "suspended", "created_at": "2020-01-01T00:00:00Z"}
    made = caller.post("/v1/principals", PRINCIPAL | forged)["principal"]
    assert made["principal_id"] != "prn_mine"
    assert (made["status"], made["created_at"] > "2026") == ("active", True)
    whose = {"principal_id": principal["principal_id"]}
    route = caller.post("/v1/routing/endpoints", whose | ROUTE | {"transport_type": "queue"})["route"]
    moved = {"principal_id": made["principal_id"], "org_id": "x", "transport_type": "matrix", "route_id": "x"}
    answer = caller.send("PATCH", f"/v1/routing/endpoints/{route['route_id']}", json=moved).json()["route"]
    assert {name: answer[name] for name in moved} == {name: route[name] for name in moved}
    forged = {"status": "delivered", "attempt_count": 9, "delivery_id": "dlv_mine", "route_id": "x"}
    sent = caller.post("/v1/deliveries", whose | forged | {"payload": {}})["delivery"]
    assert (sent["status"], sent["attempt_count"], sent["route_id"]) == ("pending", 0, route["route_id"])


def test_a_payload_has_a_size(caller: Caller, belongings: dict[str, str]) -> None:
    body = {"principal_id": belongings["principal_id"], "payload": {"x": "y" * 140_000}}
    error = refused(caller.send("POST", "/v1/deliveries", json=body), 413, "payload_too_large")["error"]
    assert error["details"]["limit"] == 131_072


def test_alias_and_principal_must_agree(caller: Caller, belongings: dict[str, str]) -> None:
    other = caller.post("/v1/principals", PRINCIPAL)["principal"]["principal_id"]
    body = {"alias": belongings["alias"], "principal_id": other}
    refused(caller.send("POST", "/v1/routing/resolve", json=body), 422, "validation_error")
    body["principal_id"] = belongings["principal_id"]
    assert (
        caller.post("/v1/routing/resolve", body)["resolution"]["selected_route"]["route_id"] == belongings["route_id"]
    )


def test_a_principal_is_in_its_own_workspace_only(caller: Caller, principal: dict[str, Any]) -> None:
    path = f"/v1/organizations/{principal['org_id']}/workspaces"
    workspace = caller.post(path, {"name": f"ws {uuid.uuid4().hex[:8]}", "environment": "sandbox"})["workspace"]
    body = {
        "principal_id": principal["principal_id"],
        "org_id": principal["org_id"],
        "workspace_id": workspace["workspace_id"],
    }
    refused(caller.send("POST", "/v1/routing/resolve", json=body), 404, "not_found")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_gateway_never_posts_to_its_own_machine_unasked(host: str, caller: Caller) -> None:
    with serving(answering("200 OK")) as canary:
        whose = {"principal_id": caller.post("/v1/principals", PRINCIPAL)["principal"]["principal_id"]}
        for port in (canary.port, 8080):
            caller.post("/v1/routing/endpoints", whose | ROUTE | {"endpoint_url": f"http://{host}:{port}/"})
            made = caller.post("/v1/deliveries", whose | {"payload": {}})["delivery"]["delivery_id"]
            path = f"/v1/deliveries/{made}"
            until(lambda path=path: caller.get(path)["delivery"]["status"] == "failed")  # type: ignore[misc]
            assert "nothing was sent" in caller.get(path)["delivery"]["error_detail"]
        assert canary.connections == 0


def test_every_change_is_in_the_audit_trail(caller: Caller, belongings: dict[str, str]) -> None:
    seen = {(event["action"], event["target"]) for event in caller.get("/v1/audit/events", limit=100)["events"]}
    assert {
        ("principal.create", belongings["principal_id"]),
        ("alias.bind", belongings["alias_id"]),
        ("route.register", belongings["route_id"]),
        ("transport.bind", belongings["binding_id"]),
        ("delivery.submit", belongings["delivery_id"]),
    } <= seen
