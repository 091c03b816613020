"""Policies about senders over plain HTTP: both body forms, bad input, and who may not know what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from axme.contract.schemas import cross_org as schemas
from axme.gateway import LocalGateway
from tests.plain import Caller, good, refused
from tests.tenants import Tenant, tenant


@pytest.fixture(scope="module")
def shop(gateway: LocalGateway) -> Iterator[Tenant]:
    with tenant(gateway, "shop") as made:
        yield made


@pytest.fixture(scope="module")
def partner(gateway: LocalGateway) -> Iterator[Tenant]:
    with tenant(gateway, "partner") as made:
        yield made


@pytest.fixture
def theirs(partner: Tenant) -> Iterator[Caller]:
    with partner.caller() as calls:
        yield calls


def put(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return good(caller.send("PUT", path, json=body))


def test_a_receive_policy_takes_both_forms(caller: Caller, shop: Tenant) -> None:
    path = f"/v1/organizations/{shop.organization.id}/receive-policy"
    assert not schemas.ReceivePolicyAnswer().validate(caller.get(path))
    first = put(caller, path, {"mode": "allowlist", "allowlist": ["acme-corp-uuid", "acme-corp-uuid"]})
    assert (first["mode"], first["allowlist"]) == ("allowlist", ["acme-corp-uuid"])
    assert first["policy"]["entries"][0]["sender_pattern"] == "agent://acme-corp-uuid/*"
    second = put(caller, path, {"policy_type": "closed"})
    assert (second["policy"]["policy_type"], second["allowlist"]) == ("closed", ["acme-corp-uuid"])
    assert put(caller, path, {"allowlist": []})["policy"]["entries"] == []
    added = caller.post(f"{path}/entries", {"sender_pattern": "agent://acme/prod/*"})
    assert not schemas.EntryAdded().validate(added)
    gone = good(caller.send("DELETE", f"{path}/entries/{added['entry']['entry_id']}"))
    assert gone["removed"] is True
    refused(caller.send("DELETE", f"{path}/entries/{added['entry']['entry_id']}"), 404, "not_found")


def test_an_override_takes_both_forms(caller: Caller, shop: Tenant) -> None:
    path = f"/v1/agents/{shop.agent.address}/receive-override"
    assert caller.get(path)["override_type"] == "use_org_default"
    answer = put(caller, path, {"override_type": "allow", "source_org_id": "acme-corp-uuid"})
    assert (answer["override_type"], answer["source_org_id"]) == ("allow", "acme-corp-uuid")
    assert answer["override"]["override_type"] == "use_org_default"
    denied = put(caller, path, {"override_type": "deny", "source_org_id": "acme-corp-uuid"})
    assert [entry["effect"] for entry in denied["override"]["entries"]] == ["deny"]
    assert put(caller, path, {"override_type": "deny"})["override"]["override_type"] == "closed"
    assert put(caller, path, {"override_type": "allow"})["override"]["override_type"] == "open"
    assert put(caller, path, {"override_type": "use_org_default"})["override_type"] == "use_org_default"
    assert not schemas.OverrideAnswer().validate(caller.get(path))


@pytest.mark.parametrize("spelling", ["agent://{0}", "{0}", "agent:/{0}", "agent%3A%2F%2F{0}"])
def test_an_address_in_a_path_is_read_from_the_right(caller: Caller, shop: Tenant, spelling: str) -> None:
    place = spelling.format(shop.agent.address.removeprefix("agent://"))
    assert caller.get(f"/v1/agents/{place}/policy")["policy"]["address"] == shop.agent.address


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "mode"),
        ({"mode": "denylist"}, "mode"),
        ({"mode": "open", "policy_type": "closed"}, "mode"),
        ({"mode": 7}, "mode"),
        ({"allowlist": "acme"}, "allowlist"),
        ({"allowlist": ["agent://a/b"]}, "allowlist"),
    ],
)
def test_a_body_that_is_no_policy(caller: Caller, shop: Tenant, body: dict[str, Any], field: str) -> None:
    path = f"/v1/organizations/{shop.organization.id}/receive-policy"
    before = caller.get(path)
    assert field in refused(caller.send("PUT", path, json=body), 422, "validation_error")["message"]
    assert caller.get(path) == before


def test_policies_of_another_tenant_look_missing(theirs: Caller, shop: Tenant) -> None:
    for path in (f"{shop.agent.address}/policy", f"{shop.agent.address}/receive-override"):
        missing = path.replace("/shop/", "/nobody/")
        bodies = [refused(theirs.send("GET", f"/v1/agents/{one}"), 404, "agent_not_found") for one in (path, missing)]
        assert bodies[0]["error"]["message"].replace(shop.agent.address, "") == bodies[1]["error"]["message"].replace(
            missing.rpartition("/")[0], ""
        )
    refused(theirs.send("GET", f"/v1/organizations/{shop.organization.id}/receive-policy"), 404, "not_found")
    refused(
        theirs.send("PUT", f"/v1/agents/{shop.agent.address}/policy", json={"mode": "open"}), 404, "agent_not_found"
    )


def test_a_plain_key_does_not_open_its_organization(theirs: Caller, partner: Tenant) -> None:
    path = f"/v1/organizations/{partner.organization.id}/receive-policy"
    assert theirs.get(path)["mode"] == "closed"
    refused(theirs.send("PUT", path, json={"mode": "open"}), 403, "forbidden")
    assert put(theirs, f"/v1/agents/{partner.agent.address}/policy", {"mode": "open"})["policy"]["entries"] == []


def test_a_refusal_tells_nothing_of_the_other_organization(theirs: Caller, shop: Tenant, caller: Caller) -> None:
    def told(address: str) -> dict[str, Any]:
        body = {"intent_type": "order.v1", "to_agent": address}
        error: dict[str, Any] = refused(theirs.send("POST", "/v1/intents", json=body), 403, "policy_denied")["error"]
        error["message"] = error["message"].replace(address, "…")
        assert error["details"].pop("to_agent") == address
        return error

    put(caller, f"/v1/organizations/{shop.organization.id}/receive-policy", {"mode": "closed"})
    caller.post(f"/v1/agents/{shop.agent.address}/policy/entries", {"sender_pattern": "*"})
    put(caller, f"/v1/agents/{shop.agent.address}/policy", {"mode": "denylist"})
    put(caller, f"/v1/agents/{shop.agent.address}/receive-override", {"mode": "closed"})
    home = shop.agent.address.rpartition("/")[0]
    known, unknown, nowhere = told(shop.agent.address), told(f"{home}/nobody"), told("agent://no-such/prod/shop")
    assert known == unknown == nowhere
    assert known["details"] == {"reason": "receive_policy_closed"}


def test_the_other_ways_into_another_organization_are_closed_too(theirs: Caller, shop: Tenant, caller: Caller) -> None:
    put(caller, f"/v1/organizations/{shop.organization.id}/receive-policy", {"mode": "closed"})
    for fields in (
        {"to_agent": "partner", "reply_to": shop.agent.address},
        {"to_agent": "agent://agent_core", "human_task": {"title": "t", "assignees": [shop.agent.address]}},
    ):
        refused(theirs.send("POST", "/v1/intents", json={"intent_type": "order.v1", **fields}), 403, "policy_denied")


def test_refusals_and_changes_are_audited(gateway: LocalGateway, caller: Caller) -> None:
    with tenant(gateway, "quiet") as quiet, tenant(gateway, "knock") as knock:
        body = {"intent_type": "order.v1", "to_agent": quiet.agent.address}
        with knock.caller() as theirs:
            refused(theirs.send("POST", "/v1/intents", json=body), 403, "policy_denied")
        quiet.organization.receive_policy.open()
        events = caller.get("/v1/audit/events", org_id=knock.organization.id)["events"]
        assert ("intent.create", quiet.agent.address) in [(event["action"], event["target"]) for event in events[:1]]
        events = caller.get("/v1/audit/events", org_id=quiet.organization.id)["events"]
        assert events[0]["action"] == "receive_policy.set"


def test_a_suspended_organization_is_as_good_as_none(theirs: Caller, caller: Caller, gateway: LocalGateway) -> None:
    with tenant(gateway, "asleep") as asleep:
        asleep.organization.receive_policy.open()
        asleep.organization.update(status="suspended")
        body = {"intent_type": "order.v1", "to_agent": asleep.agent.address}
        told = refused(theirs.send("POST", "/v1/intents", json=body), 403, "policy_denied")
        assert told["error"]["details"]["reason"] == "receive_policy_closed"
