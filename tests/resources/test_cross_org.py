"""Organizations that open themselves to each other, through objects against a real gateway."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from axme import AxmeConflictError, AxmeNotFoundError, AxmePermissionError, AxmeValidationError
from axme.contract.sender_policies import Mode
from axme.gateway import LocalGateway
from tests.tenants import Tenant, tenant


@pytest.fixture
def shop(gateway: LocalGateway) -> Iterator[Tenant]:
    with tenant(gateway, "shop") as made:
        yield made


@pytest.fixture
def partner(gateway: LocalGateway) -> Iterator[Tenant]:
    with tenant(gateway, "partner") as made:
        yield made


def slug(of: Tenant) -> str:
    return of.agent.address.removeprefix("agent://").split("/")[0]


def test_an_organization_is_closed_until_it_opens_itself(shop: Tenant, partner: Tenant) -> None:
    policy = shop.organization.receive_policy
    assert (policy.mode, policy.entries, policy.allowlist, policy.updated_at) == (Mode.CLOSED, (), [], None)
    with pytest.raises(AxmePermissionError) as refused:
        partner.client.intents.create("order.v1", to=shop.agent.address)
    assert (refused.value.code, refused.value.details["reason"]) == ("policy_denied", "receive_policy_closed")
    policy.open()
    intent = partner.client.intents.create("order.v1", to=shop.agent.address, payload={"n": 1})
    assert intent.refresh().status == "DELIVERED"
    policy.close()
    with pytest.raises(AxmePermissionError):
        partner.client.intents.create("order.v1", to=shop.agent.address)


def test_an_intent_goes_over_and_its_result_comes_back(shop: Tenant, partner: Tenant) -> None:
    shop.organization.receive_policy.allow_only([slug(partner)])
    sent = partner.client.intents.create("order.v1", to=shop.agent.address, payload={"n": 1}, reply_to=partner.agent)
    with shop.client.agents.handle("shop").listen(timeout=10) as arriving:
        received = next(arriving)
    assert (received.id, received.payload) == (sent.id, {"n": 1})
    assert [thread.intent_id for thread in shop.client.inbox.list()] == [sent.id]
    assert [intent.id for intent in shop.client.intents.list()] == [sent.id]
    received.complete({"parcels": 2})
    assert sent.wait(timeout=10).result == {"parcels": 2}
    assert [thread.intent_id for thread in partner.client.inbox.list()] == [sent.id]


def test_a_task_waits_in_the_organization_it_was_sent_to(shop: Tenant, partner: Tenant) -> None:
    shop.organization.receive_policy.open()
    sent = partner.client.intents.create("order.v1", to=shop.agent.address, human_task={"title": "Sign it"})
    assert [task["intent_id"] for task in shop.client.list_my_tasks()["tasks"]] == [sent.id]
    assert partner.client.list_my_tasks()["tasks"] == []
    with pytest.raises(AxmePermissionError):
        sent.decide("approved")
    (thread,) = shop.client.inbox.list()
    thread.approve("fine")
    assert sent.refresh().status == "COMPLETED"


def test_each_side_keeps_its_own_part(shop: Tenant, partner: Tenant) -> None:
    shop.organization.receive_policy.open()
    sent = partner.client.intents.create("order.v1", to=shop.agent.address)
    for handling in (lambda: sent.complete({}), lambda: sent.fail("no"), lambda: sent.resume({"done": 1})):
        with pytest.raises(AxmePermissionError):
            handling()
    assert sent.cancel("changed my mind").status == "CANCELED"


def test_an_allowlist_names_organizations_workspaces_and_agents(shop: Tenant, partner: Tenant) -> None:
    policy = shop.organization.receive_policy.allow_only(["somebody-else", partner.organization.id])
    assert policy.mode == Mode.ALLOWLIST
    assert policy.allowlist == ["somebody-else", partner.organization.id]
    assert [entry.sender_pattern for entry in policy.entries][1] == f"agent://{slug(partner)}/*"
    partner.client.intents.create("order.v1", to=shop.agent.address)
    policy.remove(policy.entries[1])
    with pytest.raises(AxmePermissionError) as refused:
        partner.client.intents.create("order.v1", to=shop.agent.address)
    assert refused.value.details["reason"] == "receive_policy_not_allowlisted"
    policy.add(partner.agent.address)
    partner.client.intents.create("order.v1", to=shop.agent.address)
    with pytest.raises(AxmeConflictError):
        policy.add(partner.agent.address)
    with pytest.raises(AxmeValidationError):
        policy.add("agent://a/*/c")
    with pytest.raises(AxmeNotFoundError):
        policy.remove("no-such-entry")


def test_an_agent_overrides_its_organization(shop: Tenant, partner: Tenant) -> None:
    override = shop.agent.receive_override
    assert override.mode == Mode.USE_ORG_DEFAULT
    override.allow(partner.organization.id)
    partner.client.intents.create("order.v1", to=shop.agent.address)
    shop.organization.receive_policy.open()
    override.deny(slug(partner))
    assert [(entry.effect, entry.source_org_id) for entry in override.entries] == [("deny", slug(partner))]
    with pytest.raises(AxmePermissionError) as refused:
        partner.client.intents.create("order.v1", to=shop.agent.address)
    assert refused.value.details["reason"] == "override_denied"
    override.remove(override.entries[0])
    override.set("closed")
    with pytest.raises(AxmePermissionError):
        partner.client.intents.create("order.v1", to=shop.agent.address)
    override.set(Mode.ALLOWLIST).add(slug(partner))
    partner.client.intents.create("order.v1", to=shop.agent.address)


def test_a_send_policy_holds_within_the_organization_too(shop: Tenant) -> None:
    workspace = shop.organization.workspaces["prod"]
    seller = workspace.agents.create("seller")
    policy = seller.send_policy.set("denylist").add(shop.agent.address)
    with pytest.raises(AxmePermissionError) as refused:
        shop.client.intents.create("order.v1", to=seller.address)
    assert refused.value.details["reason"] == "send_policy_denied"
    policy.remove(policy.entries[0])
    shop.client.intents.create("order.v1", to=seller.address)
    policy.set("allowlist")
    with pytest.raises(AxmePermissionError):
        shop.client.intents.create("order.v1", to=seller.address)
    assert "allowlist" in repr(policy)
